"""The mails: about an account, invitations into a chat, and what people of a chat are told while they are away."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

from ..domain.chats import OPEN_WITHOUT_MEMBERS, Chat, ChatKind
from ..domain.ends import EndReason
from ..domain.invitations import Invitation
from ..domain.mail_reasons import fate_of, is_address_wrong, sentence_of
from ..domain.notifications import (
    TOKEN_LIFE,
    About,
    Asker,
    ChatMail,
    Missed,
    News,
    NotificationKind,
    NotificationMail,
    Ways,
)
from ..domain.people import Account
from ..domain.plans import offered
from ..domain.providers import APPLICATIONS, PROVIDERS, Option
from ..domain.receipts import Receipt
from ..domain.schedule import EXPORT_LIFE
from ..domain.workspaces import Workspace
from ..ports import MailDraft, OutgoingMail
from . import chat_mails
from .composing import compose
from .languages import text
from .sanitize import address, excerpt, first_name, reply_to, sanitize

_LINES_SHOWN, _CHATS_NAMED, _NAMED_IN_MAIL = 3, 5, 20


class MailTexts:
    """Composes mails. `configured` are the ways to join that this deployment can play: a mail promises no other."""

    def __init__(self, configured: frozenset[Option] = frozenset(Option)) -> None:
        self._configured = configured

    def compose(self, draft: MailDraft) -> OutgoingMail:
        return compose(draft)

    def notification(self, notification: NotificationMail, url: str, has_account: bool) -> OutgoingMail:
        """About an account. Whoever signs up with an address that has one is told so, and can sign in by the link."""
        kind = str(notification.kind)
        if notification.kind is NotificationKind.SIGN_UP and has_account:
            kind = "has_account"
        life = TOKEN_LIFE[NotificationKind.SIGN_IN if kind == "has_account" else notification.kind]
        return compose(
            MailDraft(
                template=kind,
                to=notification.email,
                locale=notification.locale,
                typed={"name": notification.name, "workspace": notification.workspace},
                facts={"email": address(notification.email), "url": url, "has_account": has_account, **_life(life)},
                tags=(("letter", notification.id),),
            )
        )

    def invitation(self, about: About, inviter_email: str, ways: Ways) -> OutgoingMail:
        """The invitation. Its one button leads to `ways.join`; its small print too, where one declines, blocks, reports."""
        return compose(self._invitation("invitation", about, inviter_email, ways))

    def reminder(self, about: About, inviter_email: str, ways: Ways) -> OutgoingMail:
        """The same invitation once more, two days before it ends."""
        return compose(self._invitation("reminder", about, inviter_email, ways))

    def missed(
        self, reader: Account, missed: Sequence[Missed], url: str, stop_url: str, answers: str = ""
    ) -> OutgoingMail:
        """What `reader` missed. `stop_url` shows how to stop these mails, and takes a one-click POST."""
        return compose(
            MailDraft(
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
                reply_to=answers,
                unsubscribe_url=stop_url,
            )
        )

    def ask(self, inviter: Account, about: About, asker: Asker, url: str) -> OutgoingMail:
        """Somebody opened the invitation with another address: the inviter allows or refuses, on the page at `url`."""
        draft = _to_inviter("ask", inviter, about, url)
        facts = {**draft.facts, "asker_email": address(asker.email), "platform": _platform(asker)}
        return compose(replace(draft, typed={**draft.typed, "name": asker.name}, facts=facts))

    def hand_over(self, inviter: Account, about: About, email: str, note: str, url: str) -> OutgoingMail:
        """The invited person says that `email` is the right one, in words of theirs; the inviter answers on the page at `url`."""
        draft = _to_inviter("hand_over", inviter, about, url)
        return compose(replace(draft, facts={**draft.facts, "new_email": address(email), "note": note}))

    def answer(self, inviter: Account, about: About, email: str, text: str, url: str) -> OutgoingMail:
        """Somebody who isn't in the chat yet answered by mail, and what: the inviter allows or refuses, on the page at `url`."""
        draft = _to_inviter("answer", inviter, about, url)
        return compose(replace(draft, facts={**draft.facts, "sender": address(email), "text": excerpt(text)}))

    def messages(self, reader: Account, told: ChatMail) -> OutgoingMail:
        """What was written in a chat, for somebody who takes part by mail."""
        return chat_mails.messages(reader, told, _via(chat_mails.only_author(told), told.locale))

    def allowed(self, asker: Account, about: About, url: str) -> OutgoingMail:
        """The inviter let in who had asked; `url` is the invitation's page, which proves no mailbox."""
        draft = _to_inviter("allowed", asker, about, url)
        return compose(replace(draft, typed={**draft.typed, "name": about.invitation.inviter_name}))

    def renew(self, inviter: Account, about: About, url: str) -> OutgoingMail:
        """The invited person asks for a new invitation."""
        return compose(_to_inviter("renew", inviter, about, url))

    def ended(self, inviter: Account, about: About, ended: Sequence[Invitation], url: str) -> OutgoingMail:
        """These invitations to one chat ended, one or many."""
        if len(ended) == 1:
            return self.status_change(News.EXPIRED, inviter, replace(about, invitation=ended[0]), url)
        emails = [address(invitation.email) for invitation in ended]
        draft = _to_inviter("ended", inviter, about, url)
        facts = {
            "count": len(emails),
            "emails": emails[:_NAMED_IN_MAIL],
            "more": str(max(0, len(emails) - _NAMED_IN_MAIL) or ""),
        }
        return compose(replace(draft, facts={**draft.facts, **facts}))

    def status_change(self, news: News, inviter: Account, about: About, url: str, reason: str = "") -> OutgoingMail:
        """What became of an invitation. `reason` is the invitee's, or the `MailReason` of a bounce."""
        draft = _to_inviter(news, inviter, about, url)
        facts: dict[str, object] = {"reason": excerpt(reason)}
        if news is News.BOUNCED:
            ours = sentence_of(reason) != reason  # else a sentence that was stored before there were codes
            existing = text(sentence_of(reason), inviter.locale) if ours else text(excerpt(reason), inviter.locale)
            facts = {"reason": existing, "fate": str(fate_of(reason)), "is_address_wrong": is_address_wrong(reason)}
        return compose(replace(draft, facts={**draft.facts, **facts}))

    def export(self, account: Account, url: str) -> OutgoingMail:
        """A person's own data waits at `url`."""
        facts = {"email": address(account.email), "url": url, **_life(EXPORT_LIFE)}
        return compose(MailDraft(template="export", to=account.email, locale=account.locale, typed={}, facts=facts))

    def leaving(self, account: Account, url: str) -> OutgoingMail:
        """An account will be erased; signing in at `url` keeps it."""
        facts = {"email": address(account.email), "url": url, "leaves_at": account.leaves_at}
        return compose(MailDraft(template="leaving", to=account.email, locale=account.locale, typed={}, facts=facts))

    def memberless(self, reader: Account, chat: Chat, workspace: Workspace, url: str) -> OutgoingMail:
        """No member is in a chat any more, and somebody from outside is."""
        closes_at = chat.memberless_since + OPEN_WITHOUT_MEMBERS if chat.memberless_since else None
        return compose(
            MailDraft(
                template="memberless",
                to=reader.email,
                locale=reader.locale,
                typed={"chat": chat.name, "workspace": workspace.name},
                facts={"url": url, "closes_at": closes_at},
            )
        )

    def ending(self, owner: Account, about: About, url: str) -> OutgoingMail:
        """Somebody from outside will be out soon, unless their place is kept."""
        draft = _to_inviter("ending", owner, about, url)
        typed = {**draft.typed, "name": about.invitation.name}
        return compose(replace(draft, typed=typed, facts={**draft.facts, "ends_at": about.invitation.ends_at}))

    def receipt(self, reader: Account, receipt: Receipt, url: str) -> OutgoingMail:
        """For both sides: who is out of which chats, how it ended, and where the whole of it stands."""
        chats = [sanitize(place.name) or text("Direct chat", reader.locale) for place in receipt.places]
        return compose(
            MailDraft(
                template="receipt",
                to=reader.email,
                locale=reader.locale,
                typed={"name": receipt.name, "workspace": receipt.workspace_name},
                facts={
                    "is_own": reader.id == receipt.account_id,
                    "chats": ", ".join(chats[:_CHATS_NAMED]),
                    "more": max(0, len(chats) - _CHATS_NAMED),
                    "reason": str(receipt.reason),
                    "by": sanitize(receipt.ended_by),
                    "url": url,
                },
            )
        )

    def report(self, notification: NotificationMail, workspace: Workspace, is_stopped: bool, url: str) -> OutgoingMail:
        """To whoever reported an invitation: what became of it. `url` shows what their address has, and whom it blocks."""
        return compose(
            MailDraft(
                template="report",
                to=notification.email,
                locale=notification.locale,
                typed={"name": notification.name, "workspace": workspace.name},
                facts={"is_stopped": is_stopped, "url": url},
            )
        )

    def first_line(self, locale: str, title: str) -> str:
        """What begins a chat in somebody's own application; a direct chat's title is the other person's name."""
        return text("You’ll get messages from “{title}” here. Reply to join in.", locale, title=title)

    def last_line(self, locale: str, receipt: Receipt, url: str) -> str:
        """What is said last in somebody's own application."""
        by, workspace = sanitize(receipt.ended_by), sanitize(receipt.workspace_name)
        sentences = {
            EndReason.REMOVED: text("{by} removed you from this chat.", locale, by=by),
            EndReason.LEFT: text("You left this chat.", locale),
            EndReason.ENDED: text("Your time in this chat ended.", locale),
            EndReason.CLOSED: text("This chat was closed.", locale),
        }
        rest = text(
            "Nothing more comes here from {workspace}, and nothing you write here gets there.",
            locale,
            workspace=workspace,
        )
        receipt_line = text("Your receipt: {url}", locale, url=url)
        return f"{sentences[receipt.reason]} {rest} {receipt_line}"

    def code(self, email: str, locale: str, code: str, life: timedelta) -> OutgoingMail:
        """Six digits that prove the address on the page that asked for them. No link."""
        minutes = int(life.total_seconds()) // 60
        facts = {"email": address(email), "code": code, "minutes": minutes}
        return compose(MailDraft(template="code", to=email, locale=locale, typed={}, facts=facts))

    def _invitation(self, template: str, about: About, inviter_email: str, ways: Ways) -> MailDraft:
        invitation, options = about.invitation, offered(about.workspace.plan, self._configured)
        return MailDraft(
            template=template,
            to=invitation.email,
            locale=invitation.locale or about.workspace.locale,
            typed={"name": invitation.inviter_name, "chat": about.chat.name, "workspace": about.workspace.name},
            facts={
                "first": first_name(invitation.inviter_name),
                "is_group": about.chat.kind is ChatKind.GROUP,
                "email": address(invitation.email),
                "expires_at": invitation.expires_at,
                "line": invitation.line,
                "history": str(invitation.history),
                "three_words": tuple(ways.words),
                "code": ways.code,
                "check_url": ways.check,
                "elsewhere": [names.application for names in PROVIDERS if names.signs_in and names.option in options],
                "url": ways.join,
                "into_chat": bool(ways.answers),
            },
            reply_to=ways.answers or reply_to(inviter_email),
            unsubscribe_url=ways.unsubscribe,
            from_name=_via(invitation.inviter_name, invitation.locale or about.workspace.locale),
            tags=(("chat", about.chat.id), ("seat", invitation.id)),
        )


def _to_inviter(template: str, inviter: Account, about: About, url: str) -> MailDraft:
    # No tags: were this mail to bounce, that would say nothing about the invitation.
    return MailDraft(
        template=template,
        to=inviter.email,
        locale=inviter.locale,
        typed={"chat": about.chat.name, "workspace": about.workspace.name},
        facts={"email": address(about.invitation.email), "expires_at": about.invitation.expires_at, "url": url},
    )


def _via(name: str, locale: str) -> str:
    """`Mara Lindqvist via Webtop`, without what a header would need quoted."""
    plain = sanitize(name).strip("\u2068\u2069")
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
        "name": sanitize(missed.chat),
        "workspace": sanitize(missed.workspace),
        "messages": missed.messages,
        "mentions": missed.mentions,
        "lines": [(sanitize(author), excerpt(words)) for author, words in missed.lines[-_LINES_SHOWN:]],
    }


def _platform(asker: Asker) -> str:
    """`Slack (Acme)`."""
    platform, organization = APPLICATIONS[asker.via], sanitize(asker.organization)
    return f"{platform} ({organization})" if organization else platform
