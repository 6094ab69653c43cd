"""The mail of what was written in a chat, for somebody who takes part by mail: whole, and in one thread of their mail program."""

from dataclasses import replace

from ..domain.notifications import ChatMail, ToldMessage
from ..domain.people import Account
from ..ports import MailDraft, OutgoingMail
from .composing import compose
from .languages import text
from .marks import to_html, to_plain
from .sanitize import excerpt, file_name, sanitize


def messages(reader: Account, told: ChatMail, from_name: str) -> OutgoingMail:
    """One subject and one thread for all mails of a chat, which is how Gmail and Outlook group them."""
    mail = compose(
        MailDraft(
            template="messages",
            to=reader.email,
            locale=told.locale,
            typed={"chat": told.chat, "workspace": told.workspace},
            facts={"messages": [_told(message, told.locale) for message in told.messages], "url": told.url},
            reply_to=told.answers,
            unsubscribe_url=told.stop_url,
            from_name=from_name,
            tags=told.tags,
        )
    )
    return replace(mail, headers=(*mail.headers, ("In-Reply-To", told.thread), ("References", told.thread)))


def only_author(told: ChatMail) -> str:
    """Who wrote all of it; empty where several did."""
    authors = {message.author for message in told.messages}
    return authors.pop() if len(authors) == 1 else ""


def _told(message: ToldMessage, locale: str) -> dict[str, object]:
    return {
        "author": sanitize(message.author) or text("Somebody", locale),
        "text": to_plain(message.text),
        "html": to_html(message.text) if message.text else "",
        "quoted": excerpt(message.quoted),
        "change": message.change,
        "files": [(file_name(file.name), file.url, file.is_attached) for file in message.files],
    }
