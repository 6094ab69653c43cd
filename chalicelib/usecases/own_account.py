"""What a person does about their own account: where it is signed in, and which address it has."""

import logging
from dataclasses import dataclass
from datetime import timedelta

from ..domain import errors
from ..domain.ids import Ids
from ..domain.notifications import TOKEN_LIFE, NotificationKind, NotificationMail, OneTimeToken
from ..domain.people import Account, Session, SignInMethod, WayBack
from ..ports import Ports
from . import invitation_links, sessions
from .proving import check_code
from .sessions import SignedIn

log = logging.getLogger(__name__)
_FRESH = timedelta(minutes=10)
_MOST_CHANGES = 5
"""Of the address within seven days: each can be undone, and stands in the account until then."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Caller:
    """Who asks for something that a stolen session mustn't be enough for, and what they show: password or code."""

    account: Account
    session: Session
    source: str
    password: str = ""
    code: str = ""


def refuse_unless_proved(ports: Ports, caller: Caller, purpose: str, ids: Ids) -> None:
    """By the password; where there is none by a code to the address; where there is neither by having just signed in."""
    account = caller.account
    if account.password_hash:
        if not caller.password or not sessions.knows_password(ports, account, caller.password, caller.source):
            raise errors.wrong_password()
    elif account.email:
        if not caller.code:
            _send_code(ports, account, purpose, caller.source, ids)
            raise errors.own_code_needed()
        check_code(
            ports, invitation_links.account_code(account.id, purpose), caller.code, f"session {caller.session.hash}"
        )
    elif ports.now() - caller.session.created_at > _FRESH:
        raise errors.sign_in_again()


def _send_code(ports: Ports, account: Account, purpose: str, source: str, ids: Ids) -> None:
    sessions.refuse_too_many_codes(ports, account.email, source)
    ports.notifications.add(
        NotificationMail(
            id=ids(),
            kind=NotificationKind.CODE,
            email="",
            created_at=ports.now(),
            locale=account.locale,
            account_id=account.id,
            detail=purpose,
        )
    )


def ask_address(ports: Ports, caller: Caller, email: str, ids: Ids) -> None:
    """A link to the new address, which must be opened in a browser of this account. The same whether it has an account or not."""
    account, email = caller.account, sessions.address(email)
    if email == account.email:
        raise errors.wrong_field("email", "same_address", "This is your address already.")
    if len(account.ways_back_at(ports.now())) >= _MOST_CHANGES:
        raise errors.too_many(
            "too_many_changes", "Your address was changed often enough this week. Try again later.", 86_400
        )
    refuse_unless_proved(ports, caller, str(NotificationKind.NEW_ADDRESS), ids)
    sessions.refuse_too_many_mails(ports, email, caller.source)
    request_id = ids()
    ports.own_accounts.want_address(account.id, request_id)
    ports.notifications.add(
        NotificationMail(
            id=ids(),
            kind=NotificationKind.NEW_ADDRESS,
            email=email,
            created_at=ports.now(),
            locale=account.locale,
            account_id=account.id,
            detail=request_id,
        )
    )
    log.info("another address asked for: account %s", account.id)


def peek_new_address(ports: Ports, account: Account, token: str, browser: str) -> OneTimeToken:
    """What the link to a new address stands for. To anybody but its account it is not there."""
    holder = sessions.use_of(ports, token, browser).holder
    one_time_token = sessions.peek(ports, token, NotificationKind.NEW_ADDRESS, holder)
    if one_time_token.account_id != account.id:
        raise errors.unknown()
    if not one_time_token.is_used and one_time_token.detail != account.new_address:
        raise sessions.link_over()
    return one_time_token


def change_address(ports: Ports, account: Account, token: str, browser: str) -> None:
    """The new mailbox is proved, in a browser of the account: a stranger who presses gives nobody their address."""
    use = sessions.use_of(ports, token, browser)
    one_time_token = peek_new_address(ports, account, token, browser)
    if one_time_token.is_used:
        return
    change_id, now = ports.new_id(), ports.now()
    ways_back = account.ways_back_at(now)
    told = None
    if account.email:
        ways_back = (*ways_back, WayBack(change_id, now + TOKEN_LIFE[NotificationKind.ADDRESS_CHANGED]))
        told = _told(account, change_id, ports)
    if not ports.own_accounts.change_address(account, one_time_token.email, use, ways_back, told):
        raise sessions.link_over()
    log.info("address changed: account %s", account.id)


def _told(account: Account, change_id: str, ports: Ports) -> NotificationMail:
    return NotificationMail(
        id=ports.new_id(),
        kind=NotificationKind.ADDRESS_CHANGED,
        email=account.email,
        created_at=ports.now(),
        locale=account.locale,
        account_id=account.id,
        detail=change_id,
    )


def peek_way_back(ports: Ports, token: str, browser: str) -> tuple[OneTimeToken, Account, tuple[WayBack, ...]]:
    """What the link to a mailbox of before stands for: its account, and the ways back that are left once it is taken."""
    holder = sessions.use_of(ports, token, browser).holder
    one_time_token = sessions.peek(ports, token, NotificationKind.ADDRESS_CHANGED, holder)
    account = ports.accounts.get(one_time_token.account_id)
    if account is None:
        raise errors.unknown()
    ways = account.ways_back_before(one_time_token.detail, ports.now())
    if ways is None and not one_time_token.is_used:
        raise sessions.link_over()
    return one_time_token, account, ways or ()


def take_address_back(ports: Ports, token: str, browser: str) -> SignedIn:
    """The old mailbox undoes the change. Whoever made it is out: every session ends, and the password that they know is gone."""
    use = sessions.use_of(ports, token, browser)
    one_time_token, account, ways_back = peek_way_back(ports, token, browser)
    if one_time_token.is_used:
        return sessions.begin(ports, account, SignInMethod.LINK)
    signed_in = sessions.prepared(ports, account, SignInMethod.LINK)
    fits = ports.own_accounts.take_address_back(account, one_time_token.email, use, signed_in.session, ways_back)
    if not fits:
        raise sessions.link_over()
    log.info("address taken back: account %s", account.id)
    return sessions.begun(signed_in)


def sessions_of(ports: Ports, account: Account, current: Session) -> list[Session]:
    """Those that hold now: the one that asks first, then by when they were used last."""
    stored, now = ports.accounts.sessions(account.id), ports.now()
    holding = [session for session in stored if session.holds_at(now, account)]
    return sorted(holding, key=lambda session: (session.hash == current.hash, session.seen_at), reverse=True)


def end_session(ports: Ports, account: Account, session_id: str) -> Session:
    """One of this person's sessions; what hangs on it, sockets and pushes, ends through the table's stream."""
    session = next((each for each in ports.accounts.sessions(account.id) if each.id == session_id), None)
    if session is None:
        raise errors.unknown()
    sessions.sign_out(ports, session)
    log.info("session ended: account %s", account.id)
    return session


def end_other_sessions(ports: Ports, account: Account, current: Session) -> None:
    for session in ports.accounts.sessions(account.id):
        if session.hash != current.hash:
            sessions.sign_out(ports, session)
    log.info("other sessions ended: account %s", account.id)
