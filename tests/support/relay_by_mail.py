"""Mail as a side of the relay in memory: Eva takes part by it, answers as SES brings answers, and her mailbox is what SES took."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from chalicelib.domain.identities import Identity
from chalicelib.domain.incoming_mail import identity_of
from chalicelib.domain.invitations import Invitation
from chalicelib.domain.people import Account
from chalicelib.domain.providers import Option
from chalicelib.events import incoming_mail, schedule
from chalicelib.ports import Mailer, MailNotTaken, OutgoingMail
from chalicelib.usecases import invitation_links, joining_by_mail
from local.playground.answers import event
from tests.support import rights
from tests.support.app import Data, World, built
from tests.support.incoming_mails import DOMAIN, PROVEN, mail
from tests.support.relay_in_memory import Relay, relaying, wired
from tests.support.sample_chat import OWNER

EVA = "eva@mail.example"


@dataclass
class FaultyMailer:
    """A mail service that now and then takes nothing, or takes a mail and doesn't say so."""

    inner: Mailer
    faults: list[str] = field(default_factory=list)

    def send(self, mail: OutgoingMail) -> str:
        fault = self.faults.pop(0) if self.faults else ""
        if fault == "not taken":
            raise MailNotTaken(fault)
        ses_id = self.inner.send(mail)
        if fault == "lost":
            raise MailNotTaken(fault)
        return ses_id


@dataclass
class MailSide:
    """Eva's side. `sent` are her mails as they were, for a mail server brings one as often as it likes."""

    relay: Relay
    invitation: Invitation
    mailer: FaultyMailer
    sent: list[bytes] = field(default_factory=list)
    count: int = 0

    @property
    def origin(self) -> str:
        return identity_of(self.invitation.account_id).key

    @property
    def world(self) -> World:
        return self.relay.world

    def says(self, text: str) -> None:
        to = invitation_links.reply_address(self.world.ports, self.invitation)
        quote = "On Mon, 23 Nov 2026 at 10:00, Webtop <x@chat.example> wrote:\n> What was said\n"
        self.sent.append(mail(f"{text}\n\n{quote}", EVA, to))
        self.brings(len(self.sent) - 1)

    def brings(self, number: int) -> None:
        """This mail comes, for the first time or again; the event of it twice, as Lambda may."""
        self.relay.ticks()
        self.count += 1
        mail_id, raw = f"relayses{self.count:09d}", self.sent[number]
        to = invitation_links.reply_address(self.world.ports, self.invitation)
        self.world.ports.file_store.put(f"mail/{mail_id}", raw)
        for _ in range(2):
            with rights.acting_as("mail_in"):
                incoming_mail.handle(event(mail_id, raw, [to], EVA, PROVEN))

    def minute(self, minutes: float = 2) -> None:
        """Time for what has come to rest; whatever the mail service didn't take is sent again."""
        self.world.pass_time(minutes=minutes)
        with rights.acting_as("minutely"):
            schedule.minutely()
        self.world.settle_with_faults()

    def mailbox(self) -> list[str]:
        """The mails about messages, the oldest first."""
        return [item.text.replace("\r\n", "\n") for item in self.world.mails(EVA) if "/by-mail/" in item.text]


_first: dict[tuple[Identity, ...], tuple[str, Account, Invitation, Data]] = {}


@contextmanager
def relaying_with_mail(*people: Identity) -> Iterator[MailSide]:
    """The chat of `relaying` with Eva in it, too, who takes part by mail; played once, then copied."""
    if people not in _first:
        with relaying(*people) as relay:
            eva = _eva_joins(relay)
            _first[people] = (relay.chat, relay.mara, eva, relay.world.data.copied())
    chat, mara, eva, data = _first[people]
    with built(data.copied()) as world:
        relay = wired(world, chat, mara)
        mailer = FaultyMailer(world.ports.mailer)
        world.use(mail_in_domain=DOMAIN, configured=frozenset(Option), mailer=mailer)
        yield MailSide(relay, eva, mailer)


def _eva_joins(relay: Relay) -> Invitation:
    world = relay.world
    world.use(mail_in_domain=DOMAIN, configured=frozenset(Option))
    answer = world.signs_in(OWNER).post(f"/chats/{relay.chat}/invitations", {"invitees": [{"email": EVA}]})
    assert answer.status == 201, answer.text
    world.settle()
    joining_by_mail.join_by_mail(world.ports, world.invited(EVA), "Eva Holm")
    relay.settle()
    invitation = world.ports.invitations.get(relay.chat, answer.json["invitations"][0]["id"])
    assert invitation
    return invitation
