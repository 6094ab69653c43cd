"""A mail that came in: whose answer it is, and what becomes of it. Nothing that it causes is a mail to more than one person."""

import json
import logging
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from hashlib import sha256

from ..domain import joining as rules
from ..domain import links, names
from ..domain.characters import is_blank
from ..domain.chats import Chat
from ..domain.ends import EndReason
from ..domain.errors import Refusal
from ..domain.incoming_mail import Dropped, IncomingMail, MailAnswer, MailEnvelope, automatic, leaves
from ..domain.invitations import Invitation, Status
from ..domain.notifications import NotificationKind, NotificationMail
from ..domain.outside import PersonRef
from ..domain.providers import Via
from ..domain.translation import splitting
from ..ports import Limit, Ports
from . import addresses, answers_by_mail, ending, joining, mail_asks, mail_files, sessions, whole_mails
from .invitation_links import REPLY_PREFIX

log = logging.getLogger(__name__)
_HOUR, _ASKED_A_DAY = 3600, (3, 86_400)
_OF_ONE_PERSON, _IN_ONE_CHAT = 30, 120
"""Mails an hour that become messages."""
_GOES_ON = "(The e-mail goes on. This is as much as a chat takes of one.)"
_WAITS = 8_000
"""Characters of a whole mail that wait with an answer which isn't proven yet."""
_REPEATED = 8
"""Characters from which on the same words within an hour are taken once, for then it is a machine that says them."""

Addressed = tuple[Chat, Invitation]


def addressed(ports: Ports, envelope: MailEnvelope) -> list[Addressed]:
    """Whose answers these are, by the tokens that the envelope names; headers say nothing of it."""
    return list({invitation.id: (chat, invitation) for chat, invitation in _addressed(ports, envelope)}.values())


def receive(ports: Ports, mail: IncomingMail, envelope: MailEnvelope, to: Addressed) -> None:
    """A message, or held for the inviter, or dropped with a reason. Again is harmless."""
    chat, invitation = to
    dropped = _refused(ports, mail, envelope) or _take(ports, mail, envelope, to)
    if dropped:
        log.info("mail not taken: %s, chat %s, invitation %s", dropped, chat.id, invitation.id)


def _addressed(ports: Ports, envelope: MailEnvelope) -> Iterator[Addressed]:
    for recipient in envelope.recipients:
        local, _, domain = recipient.strip().lower().rpartition("@")
        link = links.parse_reply(local.removeprefix(REPLY_PREFIX)) if local.startswith(REPLY_PREFIX) else None
        if link is None or not ports.mail_in_domain or domain != ports.mail_in_domain:
            continue
        chat, invitation = ports.invitations.with_chat(link.chat_id, link.invitation_id)
        if chat and invitation and links.is_reply(link, ports.link_keys, invitation.generation):
            yield chat, invitation


def _refused(ports: Ports, mail: IncomingMail, envelope: MailEnvelope) -> Dropped | None:
    """What no mail may be, whoever it is from."""
    if envelope.verdicts.is_harmful:
        return Dropped.HARMFUL
    if automatic(mail, envelope.sender):
        return Dropped.AUTOMATIC
    if not mail.sender:
        return Dropped.NO_ONE_SENDER
    return Dropped.FROM_US if mail.sender.endswith(f"@{ports.mail_in_domain}") else None


def _take(ports: Ports, mail: IncomingMail, envelope: MailEnvelope, to: Addressed) -> Dropped | None:
    """Of the invited or joined address. Another one, proven, is held before somebody has joined; after that they are asked."""
    _, invitation = to
    theirs, is_proven = _address_of(ports, invitation), envelope.verdicts.proves_sender
    if not theirs:
        return _tell_that_they_are_out(ports, mail, envelope, to)
    if mail.sender != theirs and not is_proven:
        return Dropped.ANOTHER_SENDER
    if mail.sender == theirs and is_proven and invitation.is_taken:
        return _say(ports, to, mail, _id(mail, envelope))
    texts = _pieces(mail, [mail_files.named(part) for part in mail.parts])
    if not texts:
        return Dropped.EMPTY
    answer = SentAnswer(_id(mail, envelope), mail.sender, names.tidy(mail.sender_name), texts, mail.text[:_WAITS])
    if is_proven and not invitation.is_taken:
        return _hold(ports, to, answer)
    return _ask_person(ports, to, replace(answer, email=theirs), "" if mail.sender == theirs else mail.sender)


def _say(ports: Ports, to: Addressed, mail: IncomingMail, mail_id: str) -> Dropped | None:
    """Whoever is in the chat says it, with the files that came along."""
    chat, invitation = to
    answer = MailAnswer(id=mail_id, chat_id=chat.id, account_id=invitation.account_id, texts=_pieces(mail, []))
    account = ports.accounts.get(invitation.account_id)
    if account is None or not (answer.texts or mail.parts):
        return Dropped.EMPTY
    if invitation.via is Via.MAIL and leaves(answer.texts):
        _leave(ports, to)
        return None
    if not _may_pass(ports, answer, f"{chat.id} {account.id}"):
        return Dropped.TOO_MANY
    taken, left = mail_files.take(ports, account, chat.id, mail_id, mail.parts)
    answer = whole_mails.keep(ports, invitation, answer, mail.text, mail.is_cut)
    answers_by_mail.put(ports, replace(answer, texts=_pieces(mail, left), files=taken))
    return None


@dataclass(frozen=True, slots=True)
class SentAnswer:
    """What an address answered, by the mail with this id; `whole` is all of that mail, as far as it can wait."""

    id: str
    email: str
    name: str
    texts: tuple[str, ...]
    whole: str


def pass_on(ports: Ports, to: Addressed, answer: SentAnswer) -> Dropped | None:
    """A message of whoever is in the chat; before joining, held for the inviter, who sees of another sender that it is another."""
    chat, invitation = to
    if not invitation.is_taken:
        return _hold(ports, to, answer)
    sent = MailAnswer(id=answer.id, chat_id=chat.id, account_id=invitation.account_id, texts=answer.texts)
    if not _may_pass(ports, sent, f"{chat.id} {invitation.account_id}"):
        return Dropped.TOO_MANY
    answers_by_mail.put(ports, whole_mails.keep(ports, invitation, sent, answer.whole))
    return None


def _leave(ports: Ports, to: Addressed) -> None:
    """By one word, as by the link in their mails."""
    chat, invitation = to
    _, place = ports.chats.with_membership(chat.id, invitation.account_id)
    if place and place.invitation_id == invitation.id:
        ending.end(ports, [place], PersonRef(invitation.account_id, invitation.name), EndReason.LEFT)


def _tell_that_they_are_out(ports: Ports, mail: IncomingMail, envelope: MailEnvelope, to: Addressed) -> Dropped:
    """Whoever was in the chat and isn't any more hears of it, once a day; nobody else hears anything."""
    chat, invitation = to
    if invitation.status is Status.LEFT and envelope.verdicts.proves_sender and mail.sender == invitation.account_email:
        ports.notifications.add_once(
            NotificationMail(
                id=sessions.digest(f"{NotificationKind.OUT}-{chat.id}-{invitation.id}-{ports.now():%Y-%m-%d}")[:32],
                kind=NotificationKind.OUT,
                email=mail.sender,
                created_at=ports.now(),
                locale=invitation.locale or "en",
                name=chat.name,
            )
        )
    return Dropped.OVER


def confirm(ports: Ports, token: str) -> None:
    """The mailbox says that the answer is its own. Once; refuses what is used, late, or no longer theirs to say."""
    one_time_token = sessions.consume(ports, token, NotificationKind.WAS_IT_YOU)
    kept = json.loads(one_time_token.detail)
    chat, invitation = ports.invitations.with_chat(kept["chat"], kept["invitation"])
    if chat is None or invitation is None or _address_of(ports, invitation) != one_time_token.email:
        raise sessions.link_over()
    answer = SentAnswer(kept["id"], one_time_token.email, kept["name"], tuple(kept["texts"]), kept.get("whole", ""))
    dropped = pass_on(ports, (chat, invitation), answer)
    if dropped:
        log.info("confirmed answer not taken: %s, chat %s, invitation %s", dropped, chat.id, invitation.id)


def waiting(ports: Ports, token: str) -> tuple[str, str]:
    """The answer that waits for its mailbox's word; and from which address it came, where that was another."""
    kept = json.loads(sessions.peek(ports, token, NotificationKind.WAS_IT_YOU).detail)
    return "\n\n".join(kept["texts"]), kept.get("sender", "")


def _ask_person(ports: Ports, to: Addressed, answer: SentAnswer, sender: str) -> Dropped | None:
    """The right address without a proof, or another `sender` with one: the person's own mailbox is asked, at most three times a
    day, in words that nobody else typed."""
    chat, invitation = to
    name = f"was it you {chat.id} {invitation.id}"
    if ports.rate_limiter.count_once(f"{name} {answer.id}", [Limit(name, *_ASKED_A_DAY)], ports.now()) is not None:
        return Dropped.NOT_PROVEN
    kept = {
        "chat": chat.id,
        "invitation": invitation.id,
        "id": answer.id,
        "name": answer.name,
        "texts": answer.texts,
        "whole": answer.whole,
        "sender": sender,
    }
    ports.notifications.add_once(
        NotificationMail(
            id=sessions.digest(f"{NotificationKind.WAS_IT_YOU}-{chat.id}-{invitation.id}-{answer.id}")[:32],
            kind=NotificationKind.WAS_IT_YOU,
            email=answer.email,
            created_at=ports.now(),
            locale=invitation.locale or "en",
            detail=json.dumps(kept, ensure_ascii=False),
        )
    )
    return None


def _address_of(ports: Ports, invitation: Invitation) -> str:
    """Whose word counts here: the invited address, or the joined one; empty where it is over."""
    if invitation.is_open_at(ports.now()):
        return invitation.email
    account = ports.accounts.get(invitation.account_id) if invitation.is_taken else None
    return (account.email or invitation.account_email) if account else ""


def _hold(ports: Ports, to: Addressed, answer: SentAnswer) -> Dropped | None:
    chat, invitation = to
    if addresses.get(ports, answer.email).blocks_mail_from(invitation.inviter_id, invitation.workspace_id):
        return Dropped.BLOCKED
    try:
        opened = joining.usable(ports, chat, invitation)
        rules.refuse_unless_domain_allowed(answer.email, opened.workspace)
    except Refusal:
        return Dropped.OVER
    held = MailAnswer(id=answer.id, chat_id=chat.id, account_id="", texts=answer.texts)
    if not _may_pass(ports, held, f"{chat.id} {invitation.id} {answer.email}"):
        return Dropped.TOO_MANY
    mail_asks.hold(
        ports, invitation, mail_asks.ask_of(answer.id, answer.email, answer.name, "\n\n".join(answer.texts), ports)
    )
    return None


def _id(mail: IncomingMail, envelope: MailEnvelope) -> str:
    """The mail's own Message-ID, in a form that fits anywhere; where it has none, SES's."""
    return sha256((mail.id or envelope.id).encode("utf-8", "replace")).hexdigest()[:32]


def _pieces(mail: IncomingMail, files: Sequence[str]) -> tuple[str, ...]:
    """What was newly written, and what is said of files, in pieces that each fit into a message."""
    text = "\n\n".join(filter(None, [_new_in(mail), "\n".join(files)]))
    return tuple(piece for piece in splitting.parts(text) if not is_blank(piece))


def _new_in(mail: IncomingMail) -> str:
    """What was newly written, and that it went on where the mail is longer than what is read of it: not where a quote is."""
    from ..domain.mail_text import newly_written  # patterns for the clients of four languages

    new = newly_written(mail.text)
    goes_on = mail.is_cut and new and mail.text.rstrip().endswith(new.rpartition("\n")[2])
    return f"{new}\n\n{_GOES_ON}" if goes_on else new


def _may_pass(ports: Ports, answer: MailAnswer, who: str) -> bool:
    """Within what a person and a chat get by mail in an hour; and no machine that says the same again and again."""
    text = "\n".join(answer.texts)
    limits = [
        Limit(f"mails in of {who}", _OF_ONE_PERSON, _HOUR),
        Limit(f"mails into {answer.chat_id}", _IN_ONE_CHAT, _HOUR),
    ]
    if len(text) >= _REPEATED:
        limits.append(Limit(f"words by mail of {who} {sha256(text.encode()).hexdigest()}", 1, _HOUR))
    return ports.rate_limiter.count_once(f"mail in {who} {answer.id}", limits, ports.now()) is None
