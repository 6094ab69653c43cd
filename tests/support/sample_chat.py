"""A small town that most tests play in: two companies, a chat with somebody from outside, and an open invitation."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Any

from chalicelib.domain import profile_pictures
from chalicelib.domain.calls import Call
from chalicelib.domain.ends import EndReason
from chalicelib.domain.files import File, FileState, Verdict
from chalicelib.domain.outside import NOBODY
from chalicelib.domain.providers import Via
from chalicelib.domain.receipts import EndedPlace, Receipt, document, signed_bytes
from chalicelib.domain.whole_mails import WholeMail
from chalicelib.storage import items, keys
from chalicelib.storage.files import file_item
from chalicelib.storage.items import MessageItem
from chalicelib.usecases import accounts, receipts
from tests.support import pushes
from tests.support.app import PASSWORD, Data, Person, World, built

OWNER, MEMBER, GUEST, INVITED = (
    "mara@brightwater.example",
    "tom@brightwater.example",
    "dana@acme.example",
    "olaf@nord.example",
)
STRANGER = "nora@elsewhere.example"
PICTURE = b"\xff\xd8\xff\xd9"
JITSI = "https://meet.brightwater.example"


@dataclass
class Scene:
    """Mara owns Brightwater, Tom is a member; Dana is in their chat from outside, Olaf is invited; Nora is a stranger.

    `post` is a message of Mara's, `reply` one of Dana's with a whole mail behind it, `call` one that Mara has just begun,
    `file` one that stands in `reply`, `push` a browser of Mara's that gets pushes, `session` another one where she is signed in.
    Tom has a `picture`.
    Nora opened Olaf's link and asked to join by it.
    """

    world: World
    owner: Person
    member: Person
    guest: Person
    stranger: Person
    workspace: str
    chat: str
    invitation: str
    joined: str
    link: str
    ask: str
    post: dict[str, Any]
    reply: dict[str, Any]
    call: str = ""
    receipt: str = ""
    file: str = ""
    push: str = ""
    session: str = ""
    picture: str = ""

    @property
    def base(self) -> str:
        return f"/chats/{self.chat}"

    def invitations(self) -> dict[str, Any]:
        """By address, as the owner sees them."""
        return {item["email"]: item for item in self.owner.get(f"{self.base}/invitations").json["items"]}

    def lines(self, reader: Person) -> list[str]:
        """The texts of the chat, as this reader sees them."""
        return [item["text"] for item in reader.get(f"{self.base}/messages").json["items"]]


@contextmanager
def played() -> Iterator[Scene]:
    """The town, fresh: played once, then copied."""
    if not _first:
        with built() as item:
            scene = play(item)
            _first.append((scene, item.data))
    scene, data = _first[0]
    with built(data.copied()) as world:
        people = {name: replace(getattr(scene, name), world=world) for name in ("owner", "member", "guest", "stranger")}
        world.ports.file_store.put(profile_pictures.key(scene.member.id, scene.picture), PICTURE)
        yield replace(scene, world=world, **people)


_first: list[tuple[Scene, Data]] = []


def play(world: World) -> Scene:
    owner = world.signs_up(OWNER)
    workspace = owner.workspace()
    member = joins_company(world, owner, MEMBER, "Tom Berg")
    made = owner.invites(GUEST, INVITED, MEMBER, name="Harbour house")
    chat = made["chat"]["id"]
    by_email = {invitation["email"]: invitation["id"] for invitation in made["invitations"]}
    guest = world.joins(GUEST)
    post = owner.post(f"/chats/{chat}/messages", {"text": "Welcome, everybody."}).json
    reply = guest.post(f"/chats/{chat}/messages", {"text": "Glad to be here.", "reply_to": post["id"]}).json
    stranger = world.signs_up(STRANGER, "Nora Quist", "Elsewhere", plan="free")
    link = world.invited(INVITED)
    assert stranger.post(f"/join/{link}/ask").status == 202
    assert owner.patch(f"/workspaces/{workspace}", {"calls": {"kind": "jitsi", "url": JITSI}}).status == 200
    world.settle()
    mail_behind(world, guest, chat, reply["seq"])
    return Scene(
        world=world,
        owner=owner,
        member=member,
        guest=guest,
        stranger=stranger,
        workspace=workspace,
        chat=chat,
        invitation=by_email[INVITED],
        joined=by_email[GUEST],
        link=link,
        ask=stranger.id,
        call=call_of(world, owner, chat),
        receipt=receipt_of(world, workspace),
        file=file_of(world, guest, workspace, chat, reply["seq"]),
        post=post,
        reply=reply,
        push=owner.post("/push-subscriptions", pushes.browser("mara")).json["id"],
        session=session_of(owner),
        picture=picture_of(world, member),
    )


def picture_of(world: World, person: Person) -> str:
    picture = world.ports.new_id()
    assert world.ports.accounts.save_picture(person.id, picture)
    world.settle()
    return picture


def call_of(world: World, owner: Person, chat: str) -> str:
    """A call that is open, without the line about it."""
    ports = world.ports
    call = Call(
        id=ports.new_id(), chat_id=chat, begun_by=owner.id, name="Mara", begun_at=ports.now(), url=f"{JITSI}/room"
    )
    return ports.calls.begin(call).id


def session_of(person: Person) -> str:
    """The browser in which they made their account, where they are signed in, too."""
    return next(str(item["id"]) for item in person.get("/me/sessions").json["items"] if item["via"] == "link")


def receipt_of(world: World, workspace: str) -> str:
    """The link of a receipt of somebody who was in another chat before."""
    ports = world.ports
    now = ports.now()
    receipt = Receipt(
        id=ports.new_id(),
        account_id=ports.new_id(),
        owner_id="",
        name="Ida Fjord",
        invited_as="ida@fjord.example",
        organization="",
        via=Via.WEBTOP,
        workspace_id=workspace,
        workspace_name="Brightwater Studio",
        places=(EndedPlace(ports.new_id(), "Quay", now, now),),
        ended_by="",
        by_id="",
        reason=EndReason.ENDED,
        stays=(),
        issued_at=now,
    )
    signed = replace(receipt, signature=ports.receipt_signer.sign(signed_bytes(document(receipt))))
    assert ports.receipts.end([], NOBODY, now, EndReason.ENDED, signed)
    return receipts.url(ports, receipt.id).rpartition("/")[2]


def file_of(world: World, author: Person, workspace: str, chat: str, seq: int) -> str:
    """A file that stands in this message, as if it had come with it."""
    ports = world.ports
    file = File(
        id=ports.new_id(),
        chat_id=chat,
        workspace_id=workspace,
        author_id=author.id,
        name="plan.pdf",
        type="application/pdf",
        size=9,
        created_at=ports.now(),
        state=FileState.READY,
        served_as="application/pdf",
        verdict=Verdict.CLEAN,
        seq=seq,
        tag="0" * 32,
    )
    items.put_all([file_item(file)])
    MessageItem(keys.chat(chat), keys.message(seq)).update([MessageItem.files.set([[file.id, file.name]])])
    return file.id


def mail_behind(world: World, author: Person, chat: str, seq: int) -> None:
    """The whole mail of this message, as if its author had answered by mail."""
    ports = world.ports
    text = "Glad to be here.\n\nOn Mon, 23 Nov 2026 at 09:00, Webtop wrote:\n> Welcome, everybody."
    mail = WholeMail(id="m" * 32, chat_id=chat, author_id=author.id, text=text, created_at=ports.now())
    ports.whole_mails.add(mail)
    MessageItem(keys.chat(chat), keys.message(seq)).update([MessageItem.mail_id.set(mail.id)])


def joins_company(world: World, owner: Person, email: str, name: str, role: str = "member") -> Person:
    """A new member of the owner's workspace: asked by mail, with an account made from that mail."""
    answer = owner.post(f"/workspaces/{owner.workspace()}/members", {"email": email, "role": role})
    assert answer.status == 202, answer.text
    world.settle()
    token = world.last_mail(email).link("welcome").rpartition("/")[2]
    accounts.join_workspace(world.ports, token, name, PASSWORD)
    return world.signs_in(email)
