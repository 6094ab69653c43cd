"""From where somebody from outside reads and writes in a chat: the ways open to their place, and another one from now on."""

from collections.abc import Iterator
from dataclasses import dataclass

from ..domain import errors, plans, schedule
from ..domain.chats import Chat, ChatRole, Level, Membership
from ..domain.identities import Profile, of_key
from ..domain.incoming_mail import identity_of
from ..domain.messages import PAGE_MOST
from ..domain.people import Account, Session
from ..domain.providers import SIGN_INS, Option, Provider, Via
from ..domain.workspaces import Workspace
from ..ports import Ports
from . import addresses, chats, relay_out


@dataclass(frozen=True, slots=True)
class ReadingOption:
    """`provider` is None for the browser. `profile` is by whom they read there, None by mail and where they must sign in there
    first; by mail it is `email`, empty where the account has none."""

    provider: Provider | None
    is_now: bool
    profile: Profile | None = None
    email: str = ""

    @property
    def via(self) -> Via:
        return self.provider.via if self.provider else Via.WEBTOP

    @property
    def is_open(self) -> bool:
        """Whether a press is all that is missing."""
        return self.provider is None or bool(self.email) or self.profile is not None


def of_place(
    ports: Ports, session: Session, account: Account, chat_id: str
) -> tuple[Chat, Membership, list[ReadingOption]]:
    """Those that the workspace offers now, and the one that is used. Refuses members, who read here."""
    chat, place = chats.as_participant(ports, account, chat_id)
    if place.role is not ChatRole.EXTERNAL:
        raise errors.unknown()
    return chat, place, list(_ways(ports, session, account, place))


def elsewhere(ports: Ports, place: Membership) -> list[Provider]:
    """The applications in which whoever has this place could read it, too."""
    workspace = ports.workspaces.get(place.workspace_id)
    return [each for each in SIGN_INS if workspace and _offers(ports, workspace, each.option) and each.via != place.via]


def may_choose(ports: Ports, place: Membership) -> bool:
    """Whether there is more than the browser for them."""
    return place.role is ChatRole.EXTERNAL and (bool(ports.mail_in_domain) or bool(ports.configured))


def choose(ports: Ports, session: Session, account: Account, chat_id: str, via: str) -> ReadingOption:
    """For one's own place from outside; again is the same. What was carried to one side stays there, and nothing more comes."""
    chat, place, options = of_place(ports, session, account, chat_id)
    way = next((way for way in options if way.via == via), None)
    if way is None:
        raise errors.unknown()
    if way.provider is None:
        to_browser(ports, place)
    elif way.provider is Provider.MAIL:
        to_mail(ports, chat, account, place)
    elif way.profile is None:
        raise errors.conflict(
            "sign_in_there",
            "Sign in with {provider} first; then you can read this chat there.",
            provider=way.provider.shown,
        )
    elif not way.is_now:
        ports.chats.choose_via(place, way.via, way.profile.identity.key, way.profile.organization)
    return way


def to_browser(ports: Ports, place: Membership) -> None:
    if place.via is not Via.WEBTOP:
        ports.chats.choose_via(place, Via.WEBTOP, "")


def to_mail(ports: Ports, chat: Chat, account: Account, place: Membership) -> None:
    """What is unread by then is mailed, too; what went before isn't told again, for the ledger knows it."""
    workspace = ports.workspaces.get(chat.workspace_id)
    if workspace is None or place.role is not ChatRole.EXTERNAL or not account.email or not ports.mail_in_domain:
        raise errors.unknown()
    plans.refuse_unless_offered(Option.MAIL, workspace.plan, ports.configured)
    _refuse_unless_takes_mail(ports, account)
    ports.chats.choose_via(place, Via.MAIL, identity_of(account.id).key)
    if place.level is Level.NONE:
        ports.chats.choose_level(place, Level.ALL)
    _go_on_by_mail(ports, chat, place)


def resume(ports: Ports, chat: Chat, account: Account, place: Membership) -> None:
    """Something came from the mailbox of whoever reads by mail: where mails had stopped, they go on with what is unread."""
    if has_stopped(ports, place) and addresses.get(ports, account.email).takes_notices:
        _go_on_by_mail(ports, chat, place)


def has_stopped(ports: Ports, place: Membership) -> bool:
    """By mail, where only another word from its reader lets mails go on."""
    key = identity_of(place.account_id).key
    return place.via is Via.MAIL and relay_out.is_disconnected(ports, place.chat_id, key)


def _refuse_unless_takes_mail(ports: Ports, account: Account) -> None:
    address = addresses.get(ports, account.email)
    if address.bounces:
        raise errors.mail_bounces()
    if not address.takes_notices:
        raise errors.mail_unwanted()


def _go_on_by_mail(ports: Ports, chat: Chat, place: Membership) -> None:
    relay_out.restore(ports, chat, place, identity_of(place.account_id))
    invitation = ports.invitations.get(chat.id, place.invitation_id)
    last = ports.messages.head(chat.id).seq
    unread = range(max(place.read_to + 1, place.reads_from, last - PAGE_MOST + 1), last + 1)
    tasks = [schedule.chat_mail(invitation, seq, ports.now()) for seq in unread] if invitation else []
    for task in tasks:
        ports.mail_schedule.add_once(task)


def _ways(ports: Ports, session: Session, account: Account, place: Membership) -> Iterator[ReadingOption]:
    workspace = ports.workspaces.get(place.workspace_id)
    profiles = {each.identity.provider: each for each in _profiles(ports, session, account)}
    yield ReadingOption(None, place.via is Via.WEBTOP)
    for provider in Provider:
        is_now = place.via is provider.via and not has_stopped(ports, place)
        if place.via is provider.via or (workspace and _offers(ports, workspace, provider.option)):
            email = account.email if provider is Provider.MAIL else ""
            yield ReadingOption(provider, is_now, profiles.get(provider), email)


def _profiles(ports: Ports, session: Session, account: Account) -> list[Profile]:
    """Of several there, the one by which they are signed in now comes last, and so counts."""
    mine = of_key(session.identity)
    return sorted(ports.identities.of_account(account.id), key=lambda profile: profile.identity == mine)


def _offers(ports: Ports, workspace: Workspace, option: Option | None) -> bool:
    if option is Option.MAIL and not ports.mail_in_domain:
        return False
    return option in plans.offered(workspace.plan, ports.configured)
