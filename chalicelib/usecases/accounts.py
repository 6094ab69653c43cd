"""Making an account, looking after it, and getting back into it."""

from dataclasses import dataclass, replace
from datetime import datetime

from ..domain import errors, links, names
from ..domain.ids import Ids
from ..domain.notifications import NotificationKind, NotificationMail, OneTimeToken, Use
from ..domain.people import Account, Role, SignInMethod, locale_or, refuse_unless_password_fits
from ..domain.plans import Plan
from ..domain.quiet_hours import do_not_disturb, quiet_hours, time_zone
from ..domain.workspaces import Member, Workspace, may_give_role
from ..ports import Ports
from . import sessions
from .sessions import SignedIn


def sign_up(  # noqa: PLR0913  # what a sign-up form has
    ports: Ports, email: str, name: str, password: str, workspace: str, locale: str, source: str, new_id: Ids
) -> None:
    """Promises a mail with a link to confirm. Until it is confirmed there is no account, and what was typed has no power."""
    email = sessions.address(email)
    name, workspace = names.clean(name, "name"), names.clean(workspace, "workspace")
    password_hash = hash_good_password(ports, password, email, name, workspace)
    sessions.refuse_too_many_mails(ports, email, source)
    ports.notifications.add(
        NotificationMail(
            id=new_id(),
            kind=NotificationKind.SIGN_UP,
            email=email,
            created_at=ports.now(),
            locale=locale_or(locale, "en"),
            name=name,
            password_hash=password_hash,
            workspace=workspace,
        )
    )


def confirm(ports: Ports, token: str, browser: str = "") -> SignedIn:
    """The mailbox is proved: the account and its workspace come to be. An account that came first by another way stays as it is.

    Like the other mailed links, it is used up in the transaction that does what it is for.
    """
    use = sessions.use_of(ports, token, browser)
    one_time_token = sessions.peek(ports, token, NotificationKind.SIGN_UP, use.holder)
    if one_time_token.is_used:
        return _once_more(ports, one_time_token)
    account = new_account(
        ports, one_time_token.email, one_time_token.name, one_time_token.password_hash, one_time_token.locale
    )
    workspace = Workspace(
        id=ports.new_id(),
        name=one_time_token.workspace,
        plan=Plan.FREE,
        communicate=True,
        created_at=ports.now(),
        locale=one_time_token.locale,
    )
    owner = Member(
        workspace_id=workspace.id, account_id=account.id, name=account.name, email=account.email, role=Role.OWNER
    )
    return _added(ports, token, account, workspace, owner, use)


def join_workspace(ports: Ports, token: str, name: str, password: str, browser: str = "") -> SignedIn:
    """Somebody was asked to become a member of a workspace and makes the account for it."""
    use = sessions.use_of(ports, token, browser)
    one_time_token = sessions.peek(ports, token, NotificationKind.JOIN_WORKSPACE, use.holder)
    if one_time_token.is_used:
        return _once_more(ports, one_time_token, password)
    _refuse_unless_still_asked(ports, one_time_token)
    password_hash = hash_good_password(ports, password, one_time_token.email, name, one_time_token.workspace)
    name = names.clean(name, "name")
    account = new_account(ports, one_time_token.email, name, password_hash, one_time_token.locale)
    member = Member(
        workspace_id=one_time_token.workspace_id,
        account_id=account.id,
        name=account.name,
        email=account.email,
        role=Role(one_time_token.role),
    )
    return _added(ports, token, account, None, member, use)


def _added(  # what comes to be together
    ports: Ports, token: str, account: Account, workspace: Workspace | None, member: Member, use: Use
) -> SignedIn:
    signed_in = sessions.prepared(ports, account, SignInMethod.LINK)
    if ports.accounts.add(account, workspace, member, (use, signed_in.session)):
        return sessions.begun(signed_in)
    if ports.one_time_tokens.peek(use.token_hash) is None:
        raise sessions.link_over()
    raise errors.account_exists()


def _once_more(ports: Ports, one_time_token: OneTimeToken, password: str = "") -> SignedIn:
    """The link did its work, and the answer got lost on its way to this very browser. A password must be the one that was set."""
    account = ports.accounts.of(one_time_token.email)
    if account is None or (password and not ports.passwords.matches(account.password_hash, password)):
        raise sessions.link_over()
    return sessions.begin(ports, account, SignInMethod.LINK, one_time_token.next)


def _refuse_unless_still_asked(ports: Ports, one_time_token: OneTimeToken) -> None:
    """Whoever asked must still be somebody who may give that role."""
    by = ports.workspaces.members_among(one_time_token.workspace_id, [one_time_token.detail]).get(one_time_token.detail)
    if by is None or not may_give_role(by.role, Role(one_time_token.role)):
        raise sessions.link_over()


def reset_password(ports: Ports, token: str, password: str, browser: str = "") -> SignedIn:
    """Ends every session there was. A password that is refused leaves the link usable."""
    use = sessions.use_of(ports, token, browser)
    one_time_token = sessions.peek(ports, token, NotificationKind.RESET, use.holder)
    if one_time_token.is_used and password:
        return _once_more(ports, one_time_token, password)
    account = sessions.of_link(ports, one_time_token)
    password_hash = hash_good_password(ports, password, account.email, account.name)
    signed_in = sessions.prepared(ports, account, SignInMethod.LINK, one_time_token.next)
    if not ports.accounts.set_password(account.id, password_hash, use, signed_in.session):
        raise sessions.link_over()
    return sessions.begun(signed_in)


def save_profile(ports: Ports, account: Account, name: str, locale: str) -> None:
    ports.accounts.save_profile(account.id, names.clean(name, "name"), locale_or(locale, account.locale))


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountSettings:
    """What a person sets about themselves. `quiet`: from and to, as times of day like `22:00`, in the time zone."""

    name: str
    locale: str
    time_zone: str
    quiet: tuple[str, str] | None
    dnd_until: datetime | None
    push_text: bool


def settings_of(account: Account) -> AccountSettings:
    quiet = account.quiet
    return AccountSettings(
        name=account.name,
        locale=account.locale,
        time_zone=account.time_zone,
        quiet=(f"{quiet.begins:%H:%M}", f"{quiet.ends:%H:%M}") if quiet else None,
        dnd_until=account.dnd_until,
        push_text=account.push_text,
    )


def change(ports: Ports, account: Account, settings: AccountSettings) -> Account:
    """The account as it is then; only what differs is written."""
    until = settings.dnd_until
    changed = replace(
        account,
        name=names.clean(settings.name, "name"),
        locale=locale_or(settings.locale, account.locale),
        time_zone=time_zone(settings.time_zone) if settings.time_zone else "",
        quiet=quiet_hours(*settings.quiet) if settings.quiet else None,
        dnd_until=until if until is None or until == account.dnd_until else do_not_disturb(until, ports.now()),
        push_text=settings.push_text,
    )
    if (changed.name, changed.locale) != (account.name, account.locale):
        ports.accounts.save_profile(account.id, changed.name, changed.locale)
    if changed != replace(account, name=changed.name, locale=changed.locale):
        ports.accounts.save_quiet_times(
            account.id, changed.time_zone, changed.quiet, changed.dnd_until, changed.push_text
        )
    return changed


def save_notices(ports: Ports, account: Account, notices: bool, missed_mail: bool) -> None:
    """Whether mails tell of one's invitations, and of what was missed."""
    ports.accounts.save_notices(account.id, notices, missed_mail)


def of_stop_link(ports: Ports, token: str) -> Account:
    """Whose mails about what was missed this link stops."""
    account_id = links.verify_text(token, ports.link_keys, links.Purpose.STOP_MISSED)
    account = ports.accounts.get(account_id) if account_id else None
    if account is None:
        raise errors.unknown()
    return account


def new_account(ports: Ports, email: str, name: str, password_hash: str, locale: str) -> Account:
    now = ports.now()
    return Account(
        id=ports.new_id(),
        name=name,
        email=email,
        password_hash=password_hash,
        locale=locale,
        created_at=now,
        sessions_from=now,
    )


def hash_good_password(ports: Ports, password: str, *context: str) -> str:
    refuse_unless_password_fits(password)
    if ports.passwords.is_easy(password, context):
        raise errors.wrong_field(
            "password", "easy_to_guess", "That password is easy to guess. Try a few unrelated words."
        )
    return ports.passwords.hash(password)
