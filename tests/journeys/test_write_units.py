"""What things cost, as DynamoDB counts it: near the physical floor, and the same in a chat of two and of ten thousand."""

import secrets
from collections.abc import Iterator
from dataclasses import replace

import pytest

from chalicelib.domain.chats import Chat, ChatKind, ChatRole, Membership
from chalicelib.domain.ends import EndReason
from chalicelib.domain.ids import Ids
from chalicelib.domain.invitations import Invitation, Status
from chalicelib.domain.inviting import Invitee
from chalicelib.domain.links import Purpose
from chalicelib.domain.messages import Author, Message, MessageKind
from chalicelib.domain.outside import PersonRef
from chalicelib.domain.people import Account
from chalicelib.domain.providers import Via
from chalicelib.domain.relaying import RelayedMessage, RelayState
from chalicelib.domain.rosters import FOUNDER
from chalicelib.domain.workspaces import Workspace
from chalicelib.storage import keys, message_mapping, relayed_messages
from chalicelib.storage.items import InvitationItem, Item
from chalicelib.usecases import audit, ending, invitation_links, inviting, joining, messages, outside, proving
from chalicelib.usecases.messages import MessageDraft
from tests.support.system import System
from tests.support.write_units import Inside, inside

pytestmark = [pytest.mark.embedded, pytest.mark.slow, pytest.mark.requirement("A40")]


@pytest.fixture(scope="module")
def counted(system: System) -> Iterator[Inside]:
    with inside(system) as item:
        yield item


@pytest.fixture(scope="module")
def owner(counted: Inside) -> tuple[Account, Workspace]:
    return counted.owner()


def test_a_message_costs_at_most_four_units_and_the_same_in_a_chat_of_two_and_of_two_hundred(
    counted: Inside, owner: tuple[Account, Workspace]
) -> None:
    costs = []
    for people in (2, 200):
        chat = _chat(counted, *owner, people)
        _post(counted, owner[0], chat.id)
        counted.units.start()
        _post(counted, owner[0], chat.id)
        costs.append((counted.units.written, tuple(counted.units.operations)))
    assert costs[0] == costs[1]
    assert costs[0][0] <= 4


def test_accepting_costs_at_most_four_units(counted: Inside, owner: tuple[Account, Workspace]) -> None:
    made = _create(counted, *owner, "accept@acme.example", "other@acme.example")
    invitation = made.invitations[0]
    token = invitation_links.join_url(counted.ports, invitation, Purpose.MAILED).rpartition("/")[2]
    guest = counted.account("Accept")
    counted.units.start()
    joining.join(counted.ports, token, replace(guest, email=invitation.email), proving.Proof())
    assert counted.units.written <= 4


def test_an_end_with_its_receipt_costs_at_most_six_units(counted: Inside, owner: tuple[Account, Workspace]) -> None:
    made = _create(counted, *owner, "end@acme.example", "other@acme.example")
    invitation = made.invitations[0]
    token = invitation_links.join_url(counted.ports, invitation, Purpose.MAILED).rpartition("/")[2]
    guest = replace(counted.account("End"), email=invitation.email)
    joining.join(counted.ports, token, guest, proving.Proof())
    counted.units.start()
    ending.remove(counted.ports, owner[0], made.chat.id, guest.id)
    assert counted.units.written <= 6


@pytest.mark.parametrize("copies", [1, 20])
def test_an_end_of_somebody_who_reads_elsewhere_costs_no_more_than_one_for_each_copy(
    counted: Inside, owner: tuple[Account, Workspace], copies: int
) -> None:
    """Copies in their own application are counted, not touched."""
    made = _create(counted, *owner, f"copies{copies}@acme.example", "other@acme.example")
    invitation, slack = made.invitations[0], "slack#T1#U1"
    token = invitation_links.join_url(counted.ports, invitation, Purpose.MAILED).rpartition("/")[2]
    guest = replace(counted.account(f"Copies{copies}"), email=invitation.email)
    joining.join(counted.ports, token, guest, proving.Proof())
    InvitationItem(keys.chat(made.chat.id), keys.invitation(invitation.id)).update(
        [InvitationItem.identity.set(slack), InvitationItem.via.set("slack")]
    )
    for seq in range(1, copies + 1):
        _post(counted, owner[0], made.chat.id)
        copy = RelayedMessage(
            chat_id=made.chat.id, seq=seq, destination=slack, remote_id=str(seq), state=RelayState.SENT
        )
        relayed_messages._item(copy).save()
    _, place = counted.ports.chats.with_membership(made.chat.id, guest.id)
    assert place
    counted.units.start()
    (receipt,) = ending.end(counted.ports, [place], PersonRef(owner[0].id, owner[0].name), EndReason.REMOVED)
    assert [each.values["count"] for each in receipt.stays if "count" in each.values] == [copies]
    assert counted.units.written <= 6 + copies


def test_pages_of_the_register_cost_reads_only(counted: Inside, owner: tuple[Account, Workspace]) -> None:
    account, workspace = owner
    counted.units.start()
    outside.register(counted.ports, account, workspace.id, outside.RegisterFilter(), 50, "")
    outside.register(counted.ports, account, workspace.id, outside.RegisterFilter(words="dana"), 50, "")
    list(outside.everybody(counted.ports, account, workspace.id, outside.RegisterFilter()))
    audit.log(counted.ports, account, workspace.id, "", "", "", 50)
    assert counted.units.written == 0
    assert set(counted.units.operations) <= {"GetItem", "BatchGetItem", "Query"}


@pytest.mark.parametrize("count", [1, 2, 10, 100])
def test_a_chat_with_n_invitees_costs_at_most_twice_n_and_one(
    counted: Inside, owner: tuple[Account, Workspace], count: int
) -> None:
    counted.units.start()
    made = _create(counted, *owner, *(f"n{count}-{number}@acme.example" for number in range(count)))
    assert len(made.invitations) == count
    assert counted.units.written <= 2 * (count + 1)


def test_a_page_of_fifty_is_one_query_and_costs_the_same_in_a_chat_of_a_hundred_and_of_ten_thousand(
    counted: Inside, owner: tuple[Account, Workspace]
) -> None:
    costs = []
    for length in (100, 10_000):
        chat = _chat(counted, *owner, 2)
        _fill(counted, chat, owner[0], length)
        counted.units.start()
        read = messages.read(counted.ports, owner[0], chat.id, None, None, 50)
        assert [message.seq for message in read.page.messages] == list(range(length - 49, length + 1))
        assert counted.units.operations.count("Query") == 1
        costs.append((counted.units.read, tuple(counted.units.operations)))
        older = messages.read(counted.ports, owner[0], chat.id, length - 49, None, 50)
        assert len(older.page.messages) == 50
    assert costs[0] == costs[1]


def _create(counted: Inside, account: Account, workspace: Workspace, *emails: str) -> inviting.Invited:
    invitees = [Invitee(email=email) for email in emails]
    return inviting.create_chat(counted.ports, account, workspace.id, invitees, "", Ids(secrets.token_bytes))


def _chat(counted: Inside, account: Account, workspace: Workspace, people: int) -> Chat:
    """A chat in which so many have joined."""
    now, new_id = counted.ports.now(), counted.ports.new_id
    chat = Chat(
        id=new_id(),
        workspace_id=workspace.id,
        kind=ChatKind.GROUP,
        name="Full",
        created_at=now,
        founder_id=account.id,
        founder_name=account.name,
        last_at=now,
    )
    invitations = [
        Invitation(
            chat_id=chat.id,
            id=new_id(),
            workspace_id=workspace.id,
            status=Status.ACCEPTED,
            role=ChatRole.MEMBER,
            account_id=new_id(),
            name=f"Member {number}",
            created_at=now,
            joined_at=now,
        )
        for number in range(people - 1)
    ]
    counted.ports.chats.add(
        chat,
        _place(chat, account.id, FOUNDER),
        invitations,
        [_place(chat, invitation.account_id, invitation.id) for invitation in invitations],
    )
    return chat


def _place(chat: Chat, account_id: str, invitation_id: str) -> Membership:
    return Membership(
        account_id=account_id,
        chat_id=chat.id,
        workspace_id=chat.workspace_id,
        invitation_id=invitation_id,
        role=ChatRole.MEMBER,
        via=Via.WEBTOP,
        reads_from=1,
        read_to=0,
        read_text_count=0,
        joined_at=chat.created_at,
    )


def _post(counted: Inside, account: Account, chat_id: str) -> None:
    text = "A message of the usual length, as people write them."
    messages.post(counted.ports, account, chat_id, MessageDraft(text=text), Ids(secrets.token_bytes))


def _fill(counted: Inside, chat: Chat, account: Account, length: int) -> None:
    author = Author(account_id=account.id, name=account.name, role=ChatRole.MEMBER, via=Via.WEBTOP)
    last = None
    with Item.batch_write() as batch:
        for seq in range(1, length + 1):
            last = Message(
                chat_id=chat.id,
                seq=seq,
                text_count=seq,
                author=author,
                kind=MessageKind.TEXT,
                text=f"Message {seq:06}, as long as every other one in this chat.",
                nonce=f"{seq:016}",
                created_at=chat.created_at,
            )
            batch.save(message_mapping.message_item(last))
    assert last
    counted.ports.chats.update_head(last)
