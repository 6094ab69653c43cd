"""Domain objects as the API shows them, for one reader: what they may not see isn't in it."""

import html
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import datetime

from msgspec import UNSET

from ..domain.characters import isolated
from ..domain.chats import Chat, Participant, Place
from ..domain.event_lines import NOT_KNOWN, line
from ..domain.invitations import Ask, MailState, Seat, Status
from ..domain.inviting import Result
from ..domain.mail_reasons import sentence_of
from ..domain.messages import Author, Event, EventType, Message, MessageKind, Page, message_id
from ..domain.people import Account, Via
from ..domain.relaying import Shows
from ..domain.workspaces import Member, Workspace
from ..templating import languages, marks
from ..usecases.deliveries import Delivery
from ..usecases.sessions import SignedIn
from . import schemas as s
from .relaying import DeliveryOut, ShowsOut

_BOLD = ("name", "by")
_FOR_MEMBERS = ("email", "emails", "own_address", "reason")


def account(one: Account) -> s.AccountOut:
    return s.AccountOut(one.id, one.name, one.email)


def session(one: SignedIn) -> s.SessionOut:
    return s.SessionOut(one.token, one.session.expires_at, account(one.account))


def workspace(one: Workspace) -> s.WorkspaceOut:
    return s.WorkspaceOut(
        id=one.id,
        name=one.name,
        plan=one.plan,
        communicate=one.communicate,
        invitation_days=one.invitation_days,
        allowed_domains=list(one.allowed_domains),
        denied_domains=list(one.denied_domains),
        who_may_invite=one.who_may_invite,
        mismatch=one.mismatch,
        locale=one.locale,
    )


def member(one: Member) -> s.MemberOut:
    return s.MemberOut(one.account_id, one.name, one.email, one.role)


def chat(one: Chat, place: Place) -> s.ChatOut:
    return s.ChatOut(
        id=one.id,
        workspace_id=one.workspace_id,
        kind=one.kind,
        name=one.name or None,
        created_at=one.created_at,
        last_seq=one.last_seq,
        unread=place.unread(one),
        mentions=place.mentions,
    )


def chat_with_people(
    one: Chat, place: Place, people: Sequence[Participant], shows: Mapping[Via, Shows]
) -> s.ChatWithPeople:
    plain = chat(one, place)
    return s.ChatWithPeople(
        id=plain.id,
        workspace_id=plain.workspace_id,
        kind=plain.kind,
        name=plain.name,
        created_at=plain.created_at,
        last_seq=plain.last_seq,
        unread=plain.unread,
        mentions=plain.mentions,
        participants=[participant(person, place) for person in people],
        shows={via: ShowsOut(**asdict(each)) for via, each in shows.items()},
    )


def participant(one: Participant, reader: Place) -> s.ParticipantOut:
    return s.ParticipantOut(
        account_id=one.account_id,
        name=one.name,
        role=one.role,
        via=one.via,
        joined_at=one.joined_at,
        organization=one.organization or UNSET,
        invited_as=one.invited_as if one.invited_as and reader.is_member else UNSET,
    )


def invitation(one: Seat, now: datetime, words: Sequence[str]) -> s.InvitationOut:
    mail = one.mail
    status = one.status_at(now)
    joined = s.JoinedOut(one.account_id, one.name, one.account_email, one.via) if one.account_id else UNSET
    return s.InvitationOut(
        id=one.id,
        chat_id=one.chat_id,
        email=one.email,
        status=Status.ACCEPTED if status is Status.LEFT else status,
        mail=s.MailOut(mail.state, mail.at, sentence_of(mail.reason) or UNSET)
        if mail
        else s.MailOut(MailState.QUEUED, one.created_at),
        inviter=s.Inviter(one.inviter_id, one.inviter_name),
        created_at=one.created_at,
        expires_at=one.expires_at or one.created_at,
        joined=joined,
        asks=[_ask(each) for each in one.asks_at(now)],
        three_words=list(words),
        line=one.line or UNSET,
    )


def _ask(one: Ask) -> s.AskOut:
    who = s.AskerOut(one.account_id, one.name, one.email, one.via, one.organization or UNSET)
    return s.AskOut(one.id, one.kind, one.asked_at, who if one.account_id else UNSET)


def result(one: Result) -> s.ResultOut:
    return s.ResultOut(one.email, one.outcome, one.code or UNSET, one.message or UNSET)


def messages(page: Page, reader: Place, fares: Mapping[int, Sequence[Delivery]], locale: str) -> list[s.MessageOut]:
    return [message(one, page, reader, fares.get(one.seq, ()), locale) for one in page.messages]


def message(
    one: Message, page: Page, reader: Place, fares: Sequence[Delivery] = (), locale: str = "en"
) -> s.MessageOut:
    """What happened is told in the reader's language, as far as it is known here."""
    text, marked = _text(one, reader, locale)
    return s.MessageOut(
        id=one.id,
        seq=one.seq,
        chat_id=one.chat_id,
        author=author(one.author),
        kind=one.kind,
        text=text,
        html=marked,
        event=_event(one.event, reader) if one.event else UNSET,
        mentions=[each.account_id for each in one.mentions] or UNSET,
        reply_to=_reply_to(one, page, reader, locale) if one.reply_to and not one.deleted_at else UNSET,
        edited_at=one.edited_at or UNSET,
        deleted_at=one.deleted_at or UNSET,
        reactions=[] if one.deleted_at else _reactions(one.seq, page, reader),
        created_at=one.created_at,
        deliveries=[delivery(each) for each in fares] or UNSET,
    )


def delivery(one: Delivery) -> DeliveryOut:
    return DeliveryOut(one.account_id, one.name, one.via, one.state, one.detail or UNSET)


def author(one: Author | None) -> s.AuthorOut | None:
    return s.AuthorOut(one.account_id, one.name, one.role, one.via) if one else None


def event_text(event: Event, reader: Place, locale: str) -> tuple[str, str]:
    """The line as text, and as HTML with the people in it made bold."""
    sentence, values = line(event, reader.is_member)
    sentence = languages.text(sentence, locale)
    if event.type is EventType.INVITATION_BOUNCED:
        values["reason"] = languages.text(sentence_of(event.reason), locale)
    marked = {
        name: f"<strong>{html.escape(value)}</strong>" if name in _BOLD else html.escape(value)
        for name, value in ((name, isolated(str(value))) for name, value in values.items())
    }
    return sentence.format(**values), html.escape(sentence).format(**marked)


def _text(one: Message, reader: Place, locale: str) -> tuple[str, str]:
    if one.kind is MessageKind.EVENT:
        return event_text(one.event, reader, locale) if one.event else (languages.text(NOT_KNOWN, locale),) * 2
    return one.text, marks.to_html(one.text, [mention.name for mention in one.mentions]) if one.text else ""


def _event(event: Event, reader: Place) -> dict[str, object]:
    shown = {name: getattr(event, name) for name in Event.__dataclass_fields__}
    if event.type is EventType.INVITATION_BOUNCED:
        shown["reason"] = sentence_of(event.reason)
    return {name: value for name, value in shown.items() if value and (reader.is_member or name not in _FOR_MEMBERS)}


def _reply_to(one: Message, page: Page, reader: Place, locale: str) -> s.ReplyTarget:
    target = page.replied.get(one.reply_to)
    identifier = message_id(one.chat_id, one.reply_to)
    if target is None or not reader.may_see(one.reply_to):
        return s.ReplyTarget(identifier)
    return s.ReplyTarget(identifier, author(target.author), _text(target, reader, locale)[0])


def _reactions(seq: int, page: Page, reader: Place) -> list[s.ReactionOut]:
    by_emoji: dict[str, list[str]] = {}
    for one in page.reactions:
        if one.seq == seq:
            by_emoji.setdefault(one.emoji, []).append(one.account_id)
    return [s.ReactionOut(emoji, len(who), reader.account_id in who) for emoji, who in by_emoji.items()]
