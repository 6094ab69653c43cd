"""A mail that came in: whose answer it is, and what becomes of it. Nothing that it causes is a mail to more than one person."""

import json
import logging
from collections.abc import Iterator
from dataclasses import asdict
from hashlib import sha256

from ..domain import links
from ..domain.characters import is_blank
from ..domain.chats import Chat
from ..domain.incoming_mail import Dropped, IncomingMail, MailAnswer, MailEnvelope, automatic, identity_of
from ..domain.invitations import Invitation
from ..domain.mail_text import newly_written
from ..domain.providers import Provider
from ..domain.translation import splitting
from ..ports import Limit, Ports
from .invitation_links import REPLY_PREFIX

log = logging.getLogger(__name__)
_HOUR = 3600
_OF_ONE_PERSON, _IN_ONE_CHAT = 30, 120
"""Mails an hour that become messages."""
_REPEATED = 8
"""Characters from which on the same words within an hour are taken once, for then it is a machine that says them."""

Addressed = tuple[Chat, Invitation]


def addressed(ports: Ports, envelope: MailEnvelope) -> list[Addressed]:
    """Whose answers these are, by the tokens that the envelope names; headers say nothing of it."""
    return list({invitation.id: (chat, invitation) for chat, invitation in _addressed(ports, envelope)}.values())


def receive(ports: Ports, mail: IncomingMail, envelope: MailEnvelope, to: Addressed) -> None:
    """Into the relay's queue, or dropped with a reason. Again is harmless."""
    chat, invitation = to
    dropped = _refused(ports, mail, envelope) or _take(ports, mail, envelope, invitation)
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


def _take(ports: Ports, mail: IncomingMail, envelope: MailEnvelope, invitation: Invitation) -> Dropped | None:
    account = ports.accounts.get(invitation.account_id) if invitation.is_taken else None
    if account is None:
        return Dropped.OVER
    if mail.sender != (account.email or invitation.account_email):
        return Dropped.ANOTHER_SENDER
    if not envelope.verdicts.proves_sender:
        return Dropped.NOT_PROVEN
    answer = MailAnswer(
        id=mail.id or envelope.id, chat_id=invitation.chat_id, account_id=account.id, texts=_texts(mail)
    )
    if not answer.texts:
        return Dropped.EMPTY
    if not _may_pass(ports, answer):
        return Dropped.TOO_MANY
    _put(ports, answer)
    return None


def _texts(mail: IncomingMail) -> tuple[str, ...]:
    """What was newly written, in pieces that each fit into a message."""
    text = newly_written(mail.text)
    files = "\n".join(f"(file: {part.name})" for part in mail.parts)
    return tuple(piece for piece in splitting.parts(f"{text}\n\n{files}".strip()) if not is_blank(piece))


def _may_pass(ports: Ports, answer: MailAnswer) -> bool:
    """Within what a person and a chat get by mail in an hour; and no machine that says the same again and again."""
    who, text = f"{answer.chat_id} {answer.account_id}", "\n".join(answer.texts)
    limits = [
        Limit(f"mails in of {who}", _OF_ONE_PERSON, _HOUR),
        Limit(f"mails into {answer.chat_id}", _IN_ONE_CHAT, _HOUR),
    ]
    if len(text) >= _REPEATED:
        limits.append(Limit(f"words by mail of {who} {sha256(text.encode()).hexdigest()}", 1, _HOUR))
    return ports.rate_limiter.count_once(f"mail in {answer.chat_id} {answer.id}", limits, ports.now()) is None


def _put(ports: Ports, answer: MailAnswer) -> None:
    """The way of everything that people write elsewhere: in order for each of them, and once."""
    once = f"mail {answer.chat_id} {answer.account_id} {answer.id}"
    body = {"once": once, str(Provider.MAIL.via): asdict(answer)}
    ports.relay_queue.put(
        json.dumps(body, ensure_ascii=False), f"in {identity_of(answer.account_id).key} {answer.chat_id}", once
    )
