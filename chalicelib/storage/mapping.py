"""Items into domain objects and back, for the nouns that more than one store handles."""

from collections.abc import Iterable
from datetime import time
from typing import Any

from ..domain.calls import CallKind, CallSettings
from ..domain.chats import Chat, ChatKind, ChatRole, Level, Membership, PreviewMember
from ..domain.history import History
from ..domain.invitations import Invitation, InvitationMail, MailState
from ..domain.people import Account, Role, WayBack
from ..domain.plans import Plan
from ..domain.providers import Via
from ..domain.quiet_hours import QuietHours
from ..domain.workspaces import FilePolicy, HandOverPolicy, Member, Mismatch, WhoMayInvite, Workspace
from . import asks, keys
from .codec import Codec, Stored
from .items import (
    AccountItem,
    BadgeItem,
    ChatItem,
    InvitationItem,
    MemberItem,
    MembershipItem,
    WorkspaceItem,
    moment,
)
from .reading import one_of


def _call_settings(stored: dict[str, str] | None) -> CallSettings:
    known = stored or {}
    return CallSettings(one_of(CallKind, known.get("kind", CallKind.NONE), CallKind.NONE), known.get("url", ""))


def call_settings_json(calls: CallSettings) -> dict[str, str] | None:
    return None if calls.kind is CallKind.NONE else {"kind": str(calls.kind), "url": calls.url}


_WORKSPACES = Codec(
    Workspace,
    WorkspaceItem,
    nearest={
        "plan": Plan.FREE,
        "who_may_invite": WhoMayInvite.ADMINS,
        "mismatch": Mismatch.REFUSE,
        "hand_over": HandOverPolicy.OFF,
        "files": FilePolicy.OFF,
    },
    stored={"calls": Stored(call_settings_json, _call_settings)},
)
workspace = _WORKSPACES.read


def workspace_item(noun: Workspace) -> WorkspaceItem:
    return _WORKSPACES.item(noun, keys.workspace(noun.id), "W")


_MEMBERS = Codec(Member, MemberItem, nearest={"role": Role.MEMBER})
member = _MEMBERS.read


def member_item(noun: Member) -> MemberItem:
    return _MEMBERS.item(noun, keys.workspace(noun.workspace_id), f"M#{noun.account_id}")


def badge_item(noun: Member) -> BadgeItem:
    return BadgeItem(
        keys.account(noun.account_id), f"W#{noun.workspace_id}", workspace_id=noun.workspace_id, role=noun.role
    )


def preview_json(preview: Iterable[PreviewMember]) -> list[list[str]]:
    """A picture stands last, where there is one: older code reads three, and takes no notice of more."""
    return [
        [each.account_id, each.label, str(each.role), *([each.picture] if each.picture else [])] for each in preview
    ]


def _preview(stored: list[list[str]] | None) -> tuple[PreviewMember, ...]:
    return tuple(
        PreviewMember(account_id, label, one_of(ChatRole, role, ChatRole.EXTERNAL), *more[:1])
        for account_id, label, role, *more in stored or ()
    )


def _waiting_json(waiting: Iterable[tuple[str, int]]) -> list[list[str | int]] | None:
    return [list(entry) for entry in waiting] or None


def _waiting(stored: list[tuple[str, int]] | None) -> tuple[tuple[str, int], ...]:
    return tuple((account_id, int(count)) for account_id, count, *_ in stored or ())


_CHATS = Codec(
    Chat,
    ChatItem,
    renamed={"kind": "chat_kind"},
    nearest={"kind": ChatKind.GROUP},
    stored={"preview": Stored(preview_json, _preview), "waiting": Stored(_waiting_json, _waiting)},
)
chat = _CHATS.read


def chat_item(noun: Chat, told: dict[str, Any] | None) -> ChatItem:
    return _CHATS.item(noun, keys.chat(noun.id), "C", last_event=told)


_MEMBERSHIPS = Codec(
    Membership, MembershipItem, nearest={"role": ChatRole.EXTERNAL, "via": Via.WEBTOP, "level": Level.ALL}
)
membership = _MEMBERSHIPS.read


def membership_item(noun: Membership) -> MembershipItem:
    return _MEMBERSHIPS.item(noun, keys.account(noun.account_id), keys.membership(noun.chat_id))


def _history(written: str) -> History:
    """One that only newer code knows is read as the one that shows least."""
    try:
        return History.parse(written)
    except ValueError:
        return History.FROM_JOIN


_INVITATIONS = Codec(
    Invitation,
    InvitationItem,
    nearest={"role": ChatRole.EXTERNAL, "via": Via.WEBTOP},
    stored={
        "history": Stored(str, _history),
        "asks": Stored(asks.asks_json, lambda stored: tuple(asks.asks(stored or ()))),
        "handed_over": Stored(asks.handed_over_json, lambda stored: tuple(asks.handed_over(stored or ()))),
    },
    apart=("mail",),
)


def invitation(item: InvitationItem) -> Invitation:
    return _INVITATIONS.read(item, mail=_mail(item) if item.mail_state else None)


def _mail(item: InvitationItem) -> InvitationMail:
    return InvitationMail(
        state=one_of(MailState, item.mail_state, MailState.SENT if item.mail_done else MailState.QUEUED),
        at=item.mail_at or item.created_at,
        wanted=int(item.mail_wanted),
        reminder=int(item.reminder),
        done=int(item.mail_done),
        reason=item.mail_detail,
    )


_OF_MAIL = {
    "state": "mail_state",
    "at": "mail_at",
    "wanted": "mail_wanted",
    "done": "mail_done",
    "reason": "mail_detail",
    "reminder": "reminder",
}


def invitation_field(name: str, value: object) -> tuple[str, Any]:
    """The attribute of this field, and the value as it lies there; None for none."""
    return _INVITATIONS.stored(name, value)


def mail_field(name: str, value: object) -> tuple[str, Any]:
    """The same for a field of an invitation's mail."""
    return _OF_MAIL[name], None if value == "" else value


def invitation_item(noun: Invitation) -> InvitationItem:
    mail = noun.mail
    return _INVITATIONS.item(
        noun,
        keys.chat(noun.chat_id),
        keys.invitation(noun.id),
        mail_state=mail.state if mail else None,
        mail_at=mail.at if mail else None,
        mail_wanted=mail.wanted if mail else 0,
        mail_done=mail.done if mail else 0,
        gone_at=noun.kept_until,
    )


def _hours(quiet: QuietHours | None) -> list[str] | None:
    return [f"{quiet.begins:%H:%M}", f"{quiet.ends:%H:%M}"] if quiet else None


def _quiet(stored: list[str] | None) -> QuietHours | None:
    return QuietHours(*map(time.fromisoformat, stored)) if stored else None


def ways_back_json(ways: Iterable[WayBack]) -> list[list[Any]]:
    return [[way.id, round(way.until.timestamp() * 1000)] for way in ways]


def _ways_back(stored: list[list[Any]] | None) -> tuple[WayBack, ...]:
    return tuple(WayBack(identifier, moment(int(until))) for identifier, until in stored or ())


_ACCOUNTS = Codec(
    Account,
    AccountItem,
    stored={"quiet": Stored(_hours, _quiet), "ways_back": Stored(ways_back_json, _ways_back)},
)
account = _ACCOUNTS.read


def account_item(noun: Account) -> AccountItem:
    return _ACCOUNTS.item(noun, keys.account(noun.id), "A")
