"""The mails of Webtop Chat: about an account, and invitations into a chat."""

from collections.abc import Sequence
from datetime import timedelta

from ..domain.chats import Chat, ChatKind
from ..domain.invitations import Seat
from ..domain.letters import SECRET_LIFE, Letter, LetterKind
from ..domain.plans import Option, offered
from ..domain.workspaces import Workspace
from ..ports import OutgoingMail
from .composing import Draft, compose
from .languages import text
from .said import address, first_name, reply_to, said


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
        return compose(self._invitation("invitation", seat, chat, workspace, inviter_email, url, unsubscribe_url, three_words))

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
        return compose(self._invitation("reminder", seat, chat, workspace, inviter_email, url, unsubscribe_url, three_words))

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
