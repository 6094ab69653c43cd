"""The mails behind messages: kept with them, shown to whoever may read all that they quote, forgotten with what they quote."""

from dataclasses import replace

from ..domain import errors
from ..domain.changes import MessageChanged
from ..domain.erasing import Leaver
from ..domain.incoming_mail import MailAnswer
from ..domain.invitations import Invitation
from ..domain.people import Account
from ..domain.whole_mails import KEPT, LONGEST, WholeMail, kept_text
from ..ports import Limit, Ports
from . import messages

_MOST = 2_000


def show(ports: Ports, account: Account, chat_id: str, message_id: str) -> tuple[str, bool]:
    """The text, and whether the mail went on. Refuses what came by no mail, what isn't kept, and whose history begins later."""
    message, reader = messages.seen(ports, account, chat_id, message_id)
    if not message.mail_id or message.deleted_at:
        raise errors.unknown()
    mail = ports.whole_mails.get(chat_id, message.mail_id)
    if mail is None or mail.is_over_at(ports.now()):
        raise errors.mail_not_kept()
    if not mail.may_be_read_by(reader):
        raise errors.mail_from_before()
    return mail.shown_to(reader), mail.is_cut


def follow(ports: Ports, change: MessageChanged) -> None:
    """What was taken back or corrected stands in no kept mail any more, neither in its own nor in one that quotes it."""
    before, after = change.before, change.after
    if before is None or not before.text or before.text == after.text:
        return
    for mail in ports.whole_mails.of_chat(after.chat_id):
        if mail.id == before.mail_id or mail.quotes(before):
            ports.whole_mails.forget(mail.chat_id, mail.id)


def erase(ports: Ports, chat_id: str, leaver: Leaver) -> None:
    """Of the person, and by or about whom somebody else's mail speaks."""
    for mail in ports.whole_mails.of_chat(chat_id):
        if mail.author_id == leaver.account_id or mail.names(leaver.name, leaver.email):
            ports.whole_mails.forget(mail.chat_id, mail.id)


def limit(chat_id: str) -> Limit:
    """How many are kept at a time, all of which are looked through where a message is taken back."""
    return Limit(f"whole mails of {chat_id}", _MOST, int(KEPT.total_seconds()))


def keep(ports: Ports, invitation: Invitation, answer: MailAnswer, text: str, is_cut: bool = False) -> MailAnswer:
    """The answer, which leads to the whole mail where more stood in that. Before the message, so that none leads nowhere; and not
    where the mail comes again, for it may be forgotten by now."""
    kept = kept_text(text, "\n".join(answer.texts))
    if not kept or ports.relayed_messages.of_remote(answer.events[0].target) is not None:
        return answer
    if ports.rate_limiter.count_once(f"whole mail {answer.chat_id} {answer.id}", [limit(answer.chat_id)], ports.now()):
        return answer
    mail = WholeMail(
        id=answer.id,
        chat_id=answer.chat_id,
        author_id=answer.account_id,
        text=kept,
        created_at=ports.now(),
        reads_from=invitation.reads_from,
        is_cut=is_cut or len(kept) == LONGEST,
    )
    ports.whole_mails.add(mail)
    return replace(answer, mail_id=answer.id)
