"""One of each mail, with the names and texts that a test gives; and readers for what came out."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from html.parser import HTMLParser

from chalicelib.domain.chats import Chat, ChatKind, ChatRole
from chalicelib.domain.ends import EndReason
from chalicelib.domain.invitations import Invitation, Status
from chalicelib.domain.notifications import (
    About,
    Asker,
    ChatMail,
    Missed,
    News,
    NotificationKind,
    NotificationMail,
    ToldMessage,
    Ways,
)
from chalicelib.domain.people import LOCALES, Account
from chalicelib.domain.plans import Plan
from chalicelib.domain.providers import Via
from chalicelib.domain.receipts import EndedPlace, Receipt
from chalicelib.domain.workspaces import Workspace
from chalicelib.ports import OutgoingMail
from chalicelib.templating.mails import MailTexts

NOW = datetime(2026, 11, 23, 14, 0, tzinfo=UTC)
URL, STOP = "https://chat.example/join/TOKEN", "https://chat.example/unsubscribe/TOKEN"
CHECK = "https://chat.example/check"
INVITED, INVITER, ASKER = "d.smith@example.org", "mara@brightwater.example", "dana@acme.example"
ADDRESSES = (INVITED, INVITER, ASKER)
MAILED = (
    NotificationKind.SIGN_UP,
    NotificationKind.SIGN_IN,
    NotificationKind.RESET,
    NotificationKind.JOIN_WORKSPACE,
    NotificationKind.NEW_ADDRESS,
    NotificationKind.ADDRESS_CHANGED,
    NotificationKind.WAS_IT_YOU,
)
WITHOUT_BUTTON = ("code", "messages", "out")


@dataclass(frozen=True)
class Typed:
    """What people typed."""

    name: str = "Mara Lindqvist"
    chat: str = "Spring launch"
    workspace: str = "Brightwater Studio"
    message: str = "See you on Monday"

    @classmethod
    def everywhere(cls, text: str) -> "Typed":
        return cls(text, text, text, text)


def about(typed: Typed = Typed(), locale: str = "en") -> About:
    invitation = Invitation(
        chat_id="c" * 16,
        id="s" * 16,
        workspace_id="w" * 16,
        status=Status.PENDING,
        role=ChatRole.EXTERNAL,
        email=INVITED,
        locale=locale,
        inviter_id="m" * 16,
        inviter_name=typed.name,
        created_at=NOW,
        expires_at=NOW + timedelta(days=14),
    )
    chat = Chat(
        id="c" * 16,
        workspace_id="w" * 16,
        kind=ChatKind.GROUP,
        name=typed.chat,
        created_at=NOW,
        founder_id="m" * 16,
        founder_name=typed.name,
        last_at=NOW,
    )
    workspace = Workspace(id="w" * 16, name=typed.workspace, plan=Plan.PRO, communicate=True, created_at=NOW)
    return About(invitation, chat, workspace)


def account(name: str = "Mara Lindqvist", locale: str = "en") -> Account:
    return Account(
        id="m" * 16, name=name, email=INVITER, password_hash="", locale=locale, created_at=NOW, sessions_from=NOW
    )


def receipt(typed: Typed = Typed()) -> Receipt:
    place = EndedPlace("c" * 16, typed.chat, NOW - timedelta(days=9), NOW)
    return Receipt(
        id="r" * 16,
        account_id="d" * 16,
        owner_id="m" * 16,
        name=typed.name,
        invited_as=INVITED,
        organization=typed.name,
        via=Via.SLACK,
        workspace_id="w" * 16,
        workspace_name=typed.workspace,
        places=(place, replace(place, name="")),
        ended_by=typed.name,
        by_id="m" * 16,
        reason=EndReason.REMOVED,
        stays=(),
        issued_at=NOW,
    )


WAYS = Ways(join=URL, unsubscribe=STOP)
CHECKED = replace(WAYS, words=("copper", "lantern", "fern"), code="abcde-fghij", check=CHECK)


def invitation(about: About, inviter_email: str = INVITER, ways: Ways = WAYS) -> OutgoingMail:
    return MailTexts().invitation(about, inviter_email, ways)


def notification(
    kind: NotificationKind, typed: Typed = Typed(), locale: str = "en", has_account: bool = False
) -> OutgoingMail:
    notification = NotificationMail(
        id="l" * 16,
        kind=kind,
        email=INVITED,
        created_at=NOW,
        locale=locale,
        name=typed.name,
        workspace=typed.workspace,
    )
    return MailTexts().notification(notification, URL, has_account)


def chat_mail(typed: Typed, locale: str) -> ChatMail:
    told = ToldMessage(author=typed.name, text="See you on Monday", quoted=f"{typed.name}: {typed.message}")
    return ChatMail(
        chat=typed.chat,
        workspace=typed.workspace,
        locale=locale,
        messages=[
            told,
            replace(told, change="corrected", quoted=""),
            replace(told, text="", change="taken_back", quoted=""),
        ],
        answers=f"r-{'a' * 61}@r.chat.example",
        thread=f"<{'c' * 16}.{'s' * 16}@r.chat.example>",
        url=STOP,
        stop_url=f"{STOP}/stop",
    )


def every_mail(locale: str, typed: Typed = Typed()) -> dict[str, OutgoingMail]:
    """Each mail that we send, by name."""
    texts, it, inviter = MailTexts(), about(typed, locale), account(typed.name, locale)
    unnamed = About(
        it.invitation, replace(it.chat, name="", kind=ChatKind.DIRECT), replace(it.workspace, plan=Plan.FREE)
    )
    line, asker = (
        (typed.name, typed.message),
        Asker(name=typed.name, email=ASKER, via=Via.SLACK, organization=typed.name),
    )
    chats = [
        Missed(chat=typed.chat, workspace=typed.workspace, messages=4, mentions=1, lines=[line] * 3),
        Missed(chat=typed.chat, workspace=typed.workspace, messages=1, lines=[line]),
    ]
    reported = NotificationMail(
        id="l" * 16, kind=NotificationKind.REPORT, email=INVITED, created_at=NOW, locale=locale, name=typed.name
    )
    ending_about = replace(it, invitation=replace(it.invitation, name=typed.name, ends_at=NOW + timedelta(days=14)))
    mails = {
        "invitation": invitation(it, ways=CHECKED),
        "invitation without a name": invitation(unnamed),
        "reminder": texts.reminder(it, INVITER, CHECKED),
        "missed": texts.missed(inviter, chats, URL, STOP),
        "missed in one chat": texts.missed(inviter, chats[:1], URL, STOP),
        "allowed": texts.allowed(inviter, it, URL),
        "ask": texts.ask(inviter, it, asker, URL),
        "answer": texts.answer(inviter, it, ASKER, typed.message, URL),
        "messages": texts.messages(inviter, chat_mail(typed, locale)),
        "renew": texts.renew(inviter, it, URL),
        "memberless": texts.memberless(inviter, replace(it.chat, memberless_since=NOW), it.workspace, URL),
        "ending": texts.ending(inviter, ending_about, URL),
        "export": texts.export(inviter, URL),
        "leaving": texts.leaving(replace(inviter, leaves_at=NOW + timedelta(days=7)), URL),
        "receipt": texts.receipt(account(typed.name, locale), receipt(typed), URL),
        "receipt, own": texts.receipt(
            replace(inviter, id="d" * 16), replace(receipt(typed), reason=EndReason.ENDED), URL
        ),
        "receipt, closed": texts.receipt(inviter, replace(receipt(typed), reason=EndReason.CLOSED), URL),
        "report, dismissed": texts.report(reported, it.workspace, False, URL),
        "report, stopped": texts.report(reported, it.workspace, True, URL),
        "ended": texts.ended(inviter, it, [it.invitation] * 25, URL),
        "code": texts.code(INVITED, locale, "482913", timedelta(minutes=10)),
    }
    mails |= {news.value: texts.status_change(news, inviter, it, URL, typed.message) for news in News}
    mails |= {kind.value: notification(kind, typed, locale) for kind in MAILED}
    mails |= {f"{kind.value}, has account": notification(kind, typed, locale, has_account=True) for kind in MAILED}
    return mails


def in_every_language(typed: Typed = Typed()) -> Iterator[tuple[str, OutgoingMail]]:
    for locale in LOCALES:
        for name, mail in every_mail(locale, typed).items():
            yield f"{name} ({locale})", mail


class Html(HTMLParser):
    """The tags of a page in order, where its links lead, and its words."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.links: list[str] = []
        self.words = ""
        self._hidden = ""
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.links += [value or "" for name, value in attrs if name in ("href", "src", "action", "background")]
        self._hidden = tag if tag in ("style", "title") else self._hidden
        self.words += " " if tag not in ("strong", "a", "wbr", "b") else ""

    def handle_endtag(self, tag: str) -> None:
        self.tags.append("/" + tag)
        self._hidden = "" if tag == self._hidden else self._hidden

    def handle_data(self, data: str) -> None:
        self.words += "" if self._hidden else data


def links_in(text: str) -> list[str]:
    return re.findall(r"https?://\S+", text)
