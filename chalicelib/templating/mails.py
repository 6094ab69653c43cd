"""The mails of Webtop Chat: about an account, invitations into a chat, and what the people of a chat are told when they are away."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from enum import StrEnum

from ..domain.chats import Chat, ChatKind
from ..domain.invitations import Seat
from ..domain.letters import SECRET_LIFE, Letter, LetterKind
from ..domain.people import Account, Via
from ..domain.plans import Option, offered
from ..domain.workspaces import Workspace
from ..ports import OutgoingMail
from .composing import Draft, compose
from .languages import text
from .said import address, excerpt, first_name, reply_to, said

_PLATFORMS = {Via.WEBTOP: "Webtop", Via.SLACK: "Slack", Via.TEAMS: "Microsoft Teams"}
_LINES_SHOWN = 3


class News(StrEnum):
    """What became of an invitation while its inviter was away."""

    BOUNCED = "bounced"
    DECLINED = "declined"
    EXPIRED = "expired"


@dataclass(frozen=True, slots=True, kw_only=True)
class Asker:
    """Who asks to take a seat that was promised to another address. `email` may be empty; only the account's provider vouches for it."""

    name: str
    email: str = ""
    via: Via = Via.WEBTOP
    organization: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Missed:
    """What one person missed in one chat; `chat` is its name or the other person's, `lines` are the newest (author, text), oldest first."""

    chat: str
    workspace: str
    messages: int
    mentions: int = 0
    lines: Sequence[tuple[str, str]] = ()


class MailTexts:
    """Composes mails. `configured` are the ways to join that this deployment can play: a mail promises no other."""

    def __init__(self, configured: frozenset[Option] = frozenset(Option)) -> None:
        self._configured = configured

    def letter(self, letter: Letter, url: str, has_account: bool) -> OutgoingMail:
        """About an account. Whoever signs up with an address that has one already is told so, and can sign in by the link."""
        kind = str(letter.kind)
        if letter.kind is LetterKind.SIGN_UP and has_account:
            kind = "has_account"
        life = SECRET_LIFE[LetterKind.SIGN_IN if kind == "has_account" else letter.kind]
        return compose(
            Draft(
                template=kind,
                to=letter.email,
                locale=letter.locale,
                typed={"name": letter.name, "workspace": letter.workspace},
                facts={"email": address(letter.email), "url": url, "has_account": has_account, **_life(life)},
                tags=(("letter", letter.id),),
            )
        )

    def invitation(
        self,
        seat: Seat,
        chat: Chat,
        workspace: Workspace,
        inviter_email: str,
        url: str,
        unsubscribe_url: str,
        three_words: Sequence[str] = (),
    ) -> OutgoingMail:
        """The invitation. Its one button leads to `url`, and so does its small print, to where one declines, blocks and reports."""
        return compose(
            self._invitation("invitation", seat, chat, workspace, inviter_email, url, unsubscribe_url, three_words)
        )

    def reminder(
        self,
        seat: Seat,
        chat: Chat,
        workspace: Workspace,
        inviter_email: str,
        url: str,
        unsubscribe_url: str,
        three_words: Sequence[str] = (),
    ) -> OutgoingMail:
        """The same invitation once more, two days before it ends."""
        return compose(
            self._invitation("reminder", seat, chat, workspace, inviter_email, url, unsubscribe_url, three_words)
        )

    def missed(self, reader: Account, missed: Sequence[Missed], url: str, stop_url: str) -> OutgoingMail:
        """What `reader` missed. `stop_url` shows how to stop these mails, and takes a one-click POST."""
        return compose(
            Draft(
                template="missed",
                to=reader.email,
                locale=reader.locale,
                typed={},
                facts={
                    "messages": sum(chat.messages for chat in missed),
                    "chats": [_shown(chat) for chat in missed],
                    "url": url,
                    "stop_url": stop_url,
                },
                unsubscribe_url=stop_url,
            )
        )

    def ask(
        self, inviter: Account, seat: Seat, chat: Chat, workspace: Workspace, asker: Asker, url: str
    ) -> OutgoingMail:
        """Somebody opened the invitation with another address: the inviter allows or refuses, on the page at `url`."""
        draft = self._to_inviter("ask", inviter, seat, chat, workspace, url)
        facts = {**draft.facts, "asker_email": address(asker.email), "platform": _platform(asker)}
        return compose(replace(draft, typed={**draft.typed, "name": asker.name}, facts=facts))

    def renew(self, inviter: Account, seat: Seat, chat: Chat, workspace: Workspace, url: str) -> OutgoingMail:
        """The invited person asks for a new invitation."""
        return compose(self._to_inviter("renew", inviter, seat, chat, workspace, url))

    def told(
        self, news: News, inviter: Account, seat: Seat, chat: Chat, workspace: Workspace, url: str, reason: str = ""
    ) -> OutgoingMail:
        """What became of an invitation. `reason` is the invitee's, or why the mail bounced."""
        draft = self._to_inviter(news, inviter, seat, chat, workspace, url)
        return compose(replace(draft, facts={**draft.facts, "reason": excerpt(reason)}))

    def code(self, email: str, locale: str, code: str, life: timedelta) -> OutgoingMail:
        """Six digits that prove the address on the page that asked for them. No link."""
        minutes = int(life.total_seconds()) // 60
        facts = {"email": address(email), "code": code, "minutes": minutes}
        return compose(Draft(template="code", to=email, locale=locale, typed={}, facts=facts))

    def _to_inviter(
        self, template: str, inviter: Account, seat: Seat, chat: Chat, workspace: Workspace, url: str
    ) -> Draft:
        # No tags: were this mail to bounce, that would say nothing about the invitation.
        return Draft(
            template=template,
            to=inviter.email,
            locale=inviter.locale,
            typed={"chat": chat.name, "workspace": workspace.name},
            facts={"email": address(seat.email), "expires_at": seat.expires_at, "url": url},
        )

    def _invitation(
        self,
        template: str,
        seat: Seat,
        chat: Chat,
        workspace: Workspace,
        inviter_email: str,
        url: str,
        unsubscribe_url: str,
        three_words: Sequence[str],
    ) -> Draft:
        options = offered(workspace.plan, self._configured)
        return Draft(
            template=template,
            to=seat.email,
            locale=seat.locale,
            typed={"name": seat.inviter_name, "chat": chat.name, "workspace": workspace.name},
            facts={
                "first": first_name(seat.inviter_name),
                "is_group": chat.kind is ChatKind.GROUP,
                "email": address(seat.email),
                "expires_at": seat.expires_at,
                "three_words": tuple(three_words),
                "slack": Option.SLACK in options,
                "teams": Option.TEAMS in options,
                "answers": bool(reply_to(inviter_email)),
                "url": url,
            },
            from_name=_via(seat.inviter_name, seat.locale),
            reply_to=reply_to(inviter_email),
            unsubscribe_url=unsubscribe_url,
            tags=(("chat", chat.id), ("seat", seat.id)),
        )


def _via(name: str, locale: str) -> str:
    """`Mara Lindqvist via Webtop`, without what a header would need quoted."""
    plain = said(name).strip("\u2068\u2069")
    plain = " ".join("".join(" " if sign in '"\\,;()[]' else sign for sign in plain).split())
    return text("{name} via Webtop", locale, name=plain) if plain else "Webtop"


def _life(life: timedelta) -> dict[str, int]:
    """How long a link works, in the largest unit that people would say: 7 days, 24 hours, 30 minutes."""
    minutes = int(life.total_seconds()) // 60
    if minutes > 24 * 60:
        return {"days": minutes // (24 * 60), "hours": 0, "minutes": 0}
    return {"days": 0, "hours": minutes // 60, "minutes": minutes % 60}


def _shown(missed: Missed) -> dict[str, object]:
    return {
        "name": said(missed.chat),
        "workspace": said(missed.workspace),
        "messages": missed.messages,
        "mentions": missed.mentions,
        "lines": [(said(author), excerpt(words)) for author, words in missed.lines[-_LINES_SHOWN:]],
    }


def _platform(asker: Asker) -> str:
    """`Slack (Acme)`."""
    platform, organization = _PLATFORMS[asker.via], said(asker.organization)
    return f"{platform} ({organization})" if organization else platform
