"""Each step of an invitation: what it becomes, and what the step rests on."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from chalicelib.domain.chats import ChatRole, Membership
from chalicelib.domain.invitations import (
    KEPT_AFTER_END,
    Ask,
    AskKind,
    HandedOver,
    Invitation,
    InvitationChange,
    InvitationMail,
    MailState,
    Status,
)
from chalicelib.domain.people import Account, Session
from chalicelib.domain.providers import Via

NOW = datetime(2026, 6, 15, 9, tzinfo=UTC)
END, LATER = NOW + timedelta(days=5), NOW + timedelta(days=14)
JOINS, RENEWS = (Ask(id=kind, kind=kind, asked_at=NOW) for kind in (AskKind.JOIN, AskKind.RENEW))
OPEN = Invitation(
    chat_id="c",
    id="i",
    workspace_id="w",
    status=Status.PENDING,
    role=ChatRole.EXTERNAL,
    email="olaf@nord.example",
    invited_name="Olaf",
    created_at=NOW - timedelta(days=9),
    expires_at=END,
    mail=InvitationMail(state=MailState.BOUNCED, at=NOW - timedelta(days=9), wanted=2, done=2, reminder=2, reason="no"),
    asks=(JOINS, RENEWS),
)
ACCOUNT = Account(id="a", name="Olaf Nord", email="", password_hash="", locale="en", created_at=NOW, sessions_from=NOW)
SESSION = Session(
    account_id="a",
    hash="h",
    created_at=NOW,
    seen_at=NOW,
    identity="slack#T1#U1",
    organization="Nord",
    email="olaf@nord.example",
)
PLACE = Membership(
    account_id="a",
    chat_id="c",
    workspace_id="w",
    invitation_id="i",
    role=ChatRole.EXTERNAL,
    via=Via.SLACK,
    reads_from=4,
    read_to=9,
    read_text_count=7,
    joined_at=NOW,
)
MOVE = HandedOver(id="m", from_email=OPEN.email, to_email="nora@nord.example", at=NOW)


def test_accepted_it_is_the_participants_record() -> None:
    change = OPEN.accept(PLACE, ACCOUNT, SESSION)
    after = change.after
    assert (after.status, after.account_id, after.name, after.via) == (Status.ACCEPTED, "a", "Olaf Nord", Via.SLACK)
    assert (after.account_email, after.identity, after.organization) == (SESSION.email, SESSION.identity, "Nord")
    assert (after.joined_at, after.reads_from, after.asks, after.kept_until) == (NOW, 4, (), None)
    assert (change.open_at, change.unless_changed) == (NOW, ("generation",))


def test_with_an_own_address_the_accounts_counts() -> None:
    after = OPEN.accept(PLACE, replace(ACCOUNT, email="me@nord.example"), SESSION).after
    assert after.account_email == "me@nord.example"
    assert OPEN.accept(PLACE, ACCOUNT, None).after.identity == ""


@pytest.mark.parametrize(
    ("step", "status"),
    [
        (lambda now: OPEN.decline("no time", now), Status.DECLINED),
        (lambda now: OPEN.revoke("Mara", now), Status.REVOKED),
    ],
)
def test_what_ends_it_is_kept_thirty_days(step: Callable[[datetime], InvitationChange], status: Status) -> None:
    change = step(NOW)
    assert (change.after.status, change.after.ended_at, change.after.asks) == (status, NOW, ())
    assert change.after.kept_until == NOW + KEPT_AFTER_END
    assert (change.open_at, change.unless_changed) == (NOW, ("generation",))
    assert change.after.mail == OPEN.mail


def test_resent_it_has_a_new_end_one_more_mail_and_the_same_link() -> None:
    change = OPEN.resend(LATER, NOW, "r1")
    after = change.after
    assert (after.expires_at, after.resent_at, after.resends, after.renewal) == (LATER, NOW, 1, "r1")
    assert (after.generation, after.email, after.asks) == (1, OPEN.email, (JOINS,))
    assert after.mail == InvitationMail(state=MailState.QUEUED, at=NOW, wanted=3, done=2)
    assert after.kept_until == LATER + KEPT_AFTER_END
    assert (change.while_pending, change.open_at) == (True, None), "one that expired can be renewed"


def test_what_the_mails_worker_says_meanwhile_is_left() -> None:
    assert "done" not in OPEN.resend(LATER, NOW, "").sets_mail
    assert "done" not in OPEN.remind(NOW).sets_mail


def test_at_another_address_the_old_link_dies() -> None:
    after = OPEN.fix("nora@nord.example", LATER, NOW).after
    assert (after.email, after.generation, after.asks, after.invited_name) == ("nora@nord.example", 2, (), "Olaf")


def test_handed_over_it_keeps_its_end_and_loses_the_name() -> None:
    change = OPEN.hand_over(MOVE)
    after = change.after
    assert (after.email, after.generation, after.invited_name) == ("nora@nord.example", 2, "")
    assert (after.expires_at, after.handed_over, change.open_at) == (END, (MOVE,), NOW)


def test_a_reminder_is_one_mail_for_one_end() -> None:
    change = replace(OPEN, mail=replace(OPEN.mail, reminder=0) if OPEN.mail else None).remind(NOW)
    assert change.after.mail
    assert (change.after.mail.wanted, change.after.mail.reminder, change.after.mail.state) == (3, 3, MailState.QUEUED)
    assert set(change.unless_changed) == {"expires_at", "wanted", "reminder"}
    assert change.after.expires_at == END


def test_asks_change_while_the_link_they_came_by_lives() -> None:
    change = OPEN.ask([JOINS])
    assert (change.after.asks, change.while_pending, change.unless_changed) == ((JOINS,), True, ("generation", "asks"))


def test_an_address_is_erased_in_whatever_state_it_is() -> None:
    change = replace(OPEN, handed_over=(MOVE,), status=Status.DECLINED).erase_hand_overs((), ())
    assert (change.while_pending, change.open_at, change.after.handed_over) == (False, None, ())
