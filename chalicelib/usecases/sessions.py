"""Signing in and out, and asking on each request who is there."""

import hashlib
import logging
from dataclasses import dataclass, replace

from ..domain import addresses, errors, links
from ..domain.identities import Profile
from ..domain.ids import Ids
from ..domain.notifications import TOKEN_LIFE, NotificationKind, NotificationMail, OneTimeToken, Use
from ..domain.people import SESSION_TOUCHED_EVERY, Account, Session, SignInMethod, Unreachable
from ..ports import Limit, Ports

log = logging.getLogger(__name__)
# Failed sign-ins: of one account from one source, of one source, and of one account from everywhere. The last never locks its
# owner out, for the mailed link goes on working.
_PAIR, _SOURCE, _ACCOUNT = (10, 900), (60, 900), (100, 86_400)
# Whoever uses up another's mails leaves links in their mailbox that work: the window is as long as the shortest link lives.
_MAILS_TO_ONE, _MAILS_FROM_ONE, _MAILS_OF_ALL = (5, 1800), (60, 3600), (10_000, 3600)
# Codes open nothing that a link opens, so they use up no link; and six digits must not be guessed day after day.
_CODES_TO_ONE, _CODES_A_DAY = (5, 3600), (20, 86_400)


@dataclass(frozen=True, slots=True)
class SignedIn:
    """`token` is shown once, here; `next` is the local path the person was on their way to."""

    token: str
    session: Session
    account: Account
    next: str = ""


def sign_in(ports: Ports, email: str, password: str, source: str) -> SignedIn:
    """By password. Takes the same time whether the address has an account or not."""
    limits = _sign_in_limits(email, source)
    reached = ports.rate_limiter.reserve(limits, ports.now())
    if reached:
        log.warning("sign-in refused: too many tries")
        raise errors.too_many(
            "too_many_sign_ins", "Too many tries. Wait a while, or let us e-mail you a link.", reached.seconds
        )
    account = ports.accounts.of(email)
    if not ports.passwords.matches(account.password_hash if account else "", password) or account is None:
        log.warning("sign-in failed: account %s", account.id if account else "unknown")
        raise errors.wrong_sign_in()
    ports.rate_limiter.give_back(limits, ports.now())
    return begin(ports, account, SignInMethod.PASSWORD)


def knows_password(ports: Ports, account: Account, password: str, source: str) -> bool:
    """Whether this is the account's password; counted as a try to sign in, and refused after as many."""
    limits = _sign_in_limits(account.email, source)
    reached = ports.rate_limiter.reserve(limits, ports.now())
    if reached:
        raise errors.too_many(
            "too_many_sign_ins", "Too many tries. Wait a while, or let us e-mail you a link.", reached.seconds
        )
    if not ports.passwords.matches(account.password_hash, password):
        return False
    ports.rate_limiter.give_back(limits, ports.now())
    return True


def begin(
    ports: Ports, account: Account, method: SignInMethod, next: str = "", profile: Profile | None = None
) -> SignedIn:
    """A new session with a new id; only the hash of its secret is stored. `profile`: who came in through a provider."""
    signed_in = prepared(ports, account, method, next, profile)
    ports.accounts.add_session(signed_in.session)
    return begun(signed_in)


def prepared(
    ports: Ports, account: Account, method: SignInMethod, next: str = "", profile: Profile | None = None
) -> SignedIn:
    """A session that isn't stored yet."""
    secret, now = ports.new_token(), ports.now()
    session = Session(account_id=account.id, hash=digest(secret), created_at=now, seen_at=now, method=method)
    if profile:
        session = replace(
            session,
            identity=profile.identity.key,
            organization=profile.organization,
            email=canonical_or_nothing(profile.email),
            email_proved=profile.email_proved,
        )
    return SignedIn(f"{account.id}.{secret}", session, account, next)


def who_is(ports: Ports, token: str) -> tuple[Account, Session] | None:
    """The account that this token speaks for now; None if it speaks for nobody."""
    account_id, _, secret = token.partition(".")
    if len(account_id) != 16 or not account_id.isalnum() or not 0 < len(secret) < 100:
        return None
    account, session = ports.accounts.with_session(account_id, digest(secret))
    now = ports.now()
    if account is None or session is None or not session.holds_at(now, account):
        return None
    if now - session.seen_at > SESSION_TOUCHED_EVERY:
        ports.accounts.touch_session(session, now)
        session = replace(session, seen_at=now)
    return account, session


def sign_out(ports: Ports, session: Session) -> None:
    ports.accounts.end_session(session)


def ask_link(ports: Ports, email: str, source: str, new_id: Ids, kind: NotificationKind, next: str = "") -> None:
    """Promises a mail with a one-time link, the same for known and unknown addresses; the worker knows which it is."""
    refuse_too_many_mails(ports, email, source)
    ports.notifications.add(
        NotificationMail(id=new_id(), kind=kind, email=email, created_at=ports.now(), next=local_path(next))
    )


def sign_in_by_link(ports: Ports, token: str, browser: str = "") -> SignedIn:
    use = use_of(ports, token, browser)
    one_time_token = peek(ports, token, NotificationKind.SIGN_IN, use.holder)
    account = of_link(ports, one_time_token)
    if one_time_token.is_used:
        return begin(ports, account, SignInMethod.LINK, one_time_token.next)
    signed_in = prepared(ports, account, SignInMethod.LINK, one_time_token.next)
    if not ports.accounts.add_session_by(use, signed_in.session):
        raise link_over()
    return begun(signed_in)


def begun(signed_in: SignedIn) -> SignedIn:
    log.info("session begun: account %s", signed_in.account.id)
    return signed_in


def use_of(ports: Ports, token: str, browser: str) -> Use:
    """`browser` is the random text of its cookie, which goes with the first answer that arrives; without one, nobody's."""
    return Use(digest(token), digest(f"{browser or ports.new_token()} {token}"))


def of_link(ports: Ports, one_time_token: OneTimeToken) -> Account:
    """Whose link it is; one that was mailed before the password was set anew is over, as the sessions of then are."""
    account = ports.accounts.get(one_time_token.account_id)
    if account is None:
        raise errors.unknown()
    if one_time_token.expires_at - TOKEN_LIFE[one_time_token.purpose] < account.sessions_from:
        raise link_over()
    if one_time_token.email != account.email:  # it was changed meanwhile: the old one proves nothing any more
        raise link_over()
    return account


def peek(ports: Ports, token: str, purpose: NotificationKind, holder: str = "") -> OneTimeToken:
    """What a mailed link stands for, without using it up. Refuses what is unknown, used, late or made for something else.

    What this holder used is shown once more: something broke before their browser got the answer.
    """
    one_time_token = ports.one_time_tokens.peek(digest(token), holder)
    return _still_good(ports, one_time_token, purpose)


def consume(ports: Ports, token: str, purpose: NotificationKind) -> OneTimeToken:
    peek(ports, token, purpose)
    return _still_good(ports, ports.one_time_tokens.consume(digest(token)), purpose)


def refuse_too_many_mails(ports: Ports, email: str, source: str, *more: Limit) -> None:
    """Links, by mail, to one address."""
    _refuse_over(ports, source, Limit(f"letters to {addresses.mailbox(email)}", *_MAILS_TO_ONE), *more)


def refuse_too_many_codes(ports: Ports, email: str, source: str) -> None:
    box = addresses.mailbox(email)
    to, a_day = Limit(f"mailbox codes to {box}", *_CODES_TO_ONE), Limit(f"mailbox codes of {box}", *_CODES_A_DAY)
    _refuse_over(ports, source, to, a_day)


def _refuse_over(ports: Ports, source: str, *limits: Limit) -> None:
    """What all ask for together is counted by itself: many at once must not wait for each other."""
    of_all = Limit("letters of all", *_MAILS_OF_ALL)
    reached = ports.rate_limiter.reserve((*limits, Limit(f"letters from {source}", *_MAILS_FROM_ONE)), ports.now())
    reached = reached or ports.rate_limiter.count_once(f"letter {ports.new_id()}", [of_all], ports.now())
    if reached:
        raise errors.too_many(
            "too_many_mails", "Too many e-mails requested. Check your inbox, or try again later.", reached.seconds
        )


def address_of_stop_link(ports: Ports, token: str) -> str:
    """Whose mailbox the link in `List-Unsubscribe` stands for."""
    email = links.verify_text(token, ports.link_keys, links.Purpose.UNSUBSCRIBE)
    if not email:
        raise errors.unknown()
    return email


def stop_invitation_mail(ports: Ports, token: str) -> None:
    """No more invitation mail to that address, from anybody."""
    ports.accounts.suppress(address_of_stop_link(ports, token), Unreachable.UNSUBSCRIBED)


def local_path(path: str) -> str:
    """Only a path on this site; empty for anything else, so that no link leads away."""
    plain = (
        path.startswith("/")
        and not path.startswith(("//", "/\\"))
        and path.isprintable()
        and "\\" not in path
        and len(path) < 300
    )
    return path if plain else ""


def digest(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()


def canonical_or_nothing(text: str) -> str:
    try:
        return addresses.canonical(text)
    except addresses.NotAnAddress:
        return ""


def address(text: str, field: str = "email") -> str:
    """The canonical form of a typed address; refuses what is none."""
    try:
        return addresses.canonical(text)
    except addresses.NotAnAddress as reason:
        raise errors.wrong_field(field, "bad_address", str(reason), text=text.strip()[:80]) from reason


def _sign_in_limits(email: str, source: str) -> tuple[Limit, ...]:
    return (
        Limit(f"sign-in {email} {source}", *_PAIR),
        Limit(f"sign-in from {source}", *_SOURCE),
        Limit(f"sign-in {email}", *_ACCOUNT),
    )


def _still_good(ports: Ports, one_time_token: OneTimeToken | None, purpose: NotificationKind) -> OneTimeToken:
    if one_time_token is None or one_time_token.purpose is not purpose or ports.now() >= one_time_token.expires_at:
        raise link_over()
    return one_time_token


def link_over() -> errors.Refusal:
    return errors.Refusal(
        errors.RefusalKind.GONE, "link_used_or_late", "This link was used, or it is too old. Ask for a new one."
    )
