"""Domain objects as the API shows them, for one reader: what they may not see isn't in it."""

import html
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import datetime
from typing import cast

from msgspec import UNSET, structs

from .. import wiring
from ..domain.characters import isolated
from ..domain.chats import Chat, Membership, Participant
from ..domain.erasing import SOMEBODY_WHO_LEFT
from ..domain.event_lines import NOT_KNOWN, line
from ..domain.files import OTHER_TYPE, File, FileState, MessageFile, Verdict
from ..domain.invitations import Ask, AskKind, HandedOver, Invitation, MailState, Status
from ..domain.inviting import InviteResult
from ..domain.mail_reasons import sentence_of
from ..domain.messages import MOST_REACTORS, Author, Event, EventType, Message, MessageKind, MessagePage, message_id
from ..domain.people import Account
from ..domain.providers import Via
from ..domain.relaying import Capabilities
from ..domain.workspaces import Member, Workspace
from ..templating import languages, marks
from ..usecases.deliveries import Delivery
from ..usecases.sessions import SignedIn
from . import asking as a
from . import bodies as s
from . import profile_pictures
from .calls import CallsOut
from .fields import OutsideDays
from .files import FileOut
from .pushes import OwnAccountOut, QuietHoursOut
from .relaying import DeliveryOut, ShowsOut

_BOLD = ("name", "by")
_FOR_MEMBERS = ("email", "emails", "own_address", "reason")


def account(account: Account) -> s.AccountOut:
    return s.AccountOut(account.id, account.name, account.email)


def own_account(account: Account, now: datetime) -> OwnAccountOut:
    quiet = account.quiet
    return OwnAccountOut(
        id=account.id,
        name=account.name,
        email=account.email,
        locale=account.locale,
        time_zone=account.time_zone or "UTC",
        quiet=QuietHoursOut(f"{quiet.begins:%H:%M}", f"{quiet.ends:%H:%M}") if quiet else None,
        dnd_until=account.dnd_until if account.dnd_until and account.dnd_until > now else None,
        push_text=account.push_text,
        picture_url=profile_pictures.url(account.id, account.picture) or UNSET,
    )


def session(signed_in: SignedIn) -> s.SessionOut:
    return s.SessionOut(signed_in.token, signed_in.session.expires_at, account(signed_in.account))


def workspace(workspace: Workspace) -> s.WorkspaceOut:
    return s.WorkspaceOut(
        id=workspace.id,
        name=workspace.name,
        plan=workspace.plan,
        communicate=workspace.communicate,
        invitation_days=workspace.invitation_days,
        allowed_domains=list(workspace.allowed_domains),
        denied_domains=list(workspace.denied_domains),
        who_may_invite=workspace.who_may_invite,
        mismatch=workspace.mismatch,
        locale=workspace.locale,
        hand_over=workspace.hand_over,
        calls=CallsOut(workspace.calls.kind, workspace.calls.url or UNSET),
        outside_days=cast("OutsideDays", workspace.outside_days or None),
        files=workspace.files,
    )


def member(member: Member) -> s.MemberOut:
    picture = profile_pictures.url(member.account_id, member.picture) or UNSET
    return s.MemberOut(member.account_id, member.name, member.email, member.role, picture)


def chat(chat: Chat, membership: Membership) -> s.ChatOut:
    return s.ChatOut(
        id=chat.id,
        workspace_id=chat.workspace_id,
        kind=chat.kind,
        name=chat.name or None,
        created_at=chat.created_at,
        last_seq=chat.last_seq,
        unread=membership.unread(chat),
        mentions=membership.mentions,
        closed_at=chat.closed_at or UNSET,
    )


def chat_with_people(
    item: Chat, membership: Membership, people: Sequence[Participant], capabilities: Mapping[Via, Capabilities]
) -> s.ChatWithPeople:
    return s.ChatWithPeople(
        **structs.asdict(chat(item, membership)),
        participants=[participant(person, membership) for person in people],
        shows={via: ShowsOut(**asdict(each)) for via, each in capabilities.items()},
    )


def participant(participant: Participant, reader: Membership) -> s.ParticipantOut:
    return s.ParticipantOut(
        account_id=participant.account_id,
        name=participant.name,
        role=participant.role,
        via=participant.via,
        joined_at=participant.joined_at,
        organization=participant.organization or UNSET,
        invited_as=participant.invited_as if participant.invited_as and reader.is_member else UNSET,
        ends_at=participant.ends_at or UNSET,
        owner=s.Inviter(participant.owner_id, participant.owner_name)
        if participant.owner_id and reader.is_member
        else UNSET,
        picture_url=profile_pictures.url(participant.account_id, participant.picture) or UNSET,
    )


def invitation(invitation: Invitation, now: datetime, words: Sequence[str]) -> s.InvitationOut:
    mail = invitation.mail
    status = invitation.status_at(now)
    joined = (
        s.JoinedOut(invitation.account_id, invitation.name, invitation.account_email, invitation.via)
        if invitation.account_id
        else UNSET
    )
    return s.InvitationOut(
        id=invitation.id,
        chat_id=invitation.chat_id,
        email=invitation.email,
        status=Status.ACCEPTED if status is Status.LEFT else status,
        mail=s.MailOut(mail.state, mail.at, sentence_of(mail.reason) or UNSET)
        if mail
        else s.MailOut(MailState.QUEUED, invitation.created_at),
        inviter=s.Inviter(invitation.inviter_id, invitation.inviter_name),
        created_at=invitation.created_at,
        expires_at=invitation.expires_at or invitation.created_at,
        joined=joined,
        asks=[_ask(each) for each in invitation.asks_at(now)],
        three_words=list(words),
        handed_over=[_handed_over(move) for move in invitation.handed_over],
        line=invitation.line or UNSET,
    )


def _ask(ask: Ask) -> a.AskOut:
    who = a.AskerOut(ask.account_id, ask.name, ask.email, ask.via, ask.organization or UNSET)
    if ask.kind is AskKind.HAND_OVER:
        return a.AskOut(ask.id, ask.kind, ask.asked_at, email=ask.email, note=ask.note or None)
    if ask.kind is AskKind.MAIL:
        return a.AskOut(ask.id, ask.kind, ask.asked_at, email=ask.email, text=ask.text)
    return a.AskOut(ask.id, ask.kind, ask.asked_at, who if ask.account_id else UNSET)


def _handed_over(move: HandedOver) -> a.HandedOverOut:
    return a.HandedOverOut(move.from_email or SOMEBODY_WHO_LEFT, move.to_email or SOMEBODY_WHO_LEFT, move.at)


def result(result: InviteResult) -> s.ResultOut:
    return s.ResultOut(result.email, result.outcome, result.code or UNSET, result.message or UNSET)


def messages(
    page: MessagePage, reader: Membership, deliveries: Mapping[int, Sequence[Delivery]], locale: str
) -> list[s.MessageOut]:
    return [message(item, page, reader, deliveries.get(item.seq, ()), locale) for item in page.messages]


def message(
    message: Message, page: MessagePage, reader: Membership, deliveries: Sequence[Delivery] = (), locale: str = "en"
) -> s.MessageOut:
    """What happened is told in the reader's language, as far as it is known here."""
    text, marked = _text(message, reader, locale)
    return s.MessageOut(
        id=message.id,
        seq=message.seq,
        chat_id=message.chat_id,
        author=author(message.author, locale),
        kind=message.kind,
        text=text,
        html=marked,
        event=_event(message.event, reader) if message.event else UNSET,
        mentions=[each.account_id for each in message.mentions] or UNSET,
        reply_to=_reply_to(message, page, reader, locale) if message.reply_to and not message.deleted_at else UNSET,
        edited_at=message.edited_at or UNSET,
        deleted_at=message.deleted_at or UNSET,
        reactions=[] if message.deleted_at else _reactions(message.seq, page, reader),
        created_at=message.created_at,
        files=[taken_file(each, page) for each in message.files],
        has_mail=bool(message.mail_id) or UNSET,
        deliveries=[delivery(each) for each in deliveries] or UNSET,
    )


def file(file: File) -> FileOut:
    is_ready, address = file.state is FileState.READY, f"{wiring.ports().public_url}/api/v1/files/{file.id}"
    return FileOut(
        file.id,
        file.name,
        file.size,
        file.type,
        file.state,
        width=file.width or UNSET,
        height=file.height or UNSET,
        checked=False if file.verdict is Verdict.UNCHECKED else UNSET,
        url=address if is_ready else UNSET,
        preview_url=f"{address}?preview=1" if is_ready and file.has_preview else UNSET,
        alt=file.alt or UNSET,
    )


def taken_file(taken: MessageFile, page: MessagePage) -> FileOut:
    """One that isn't there any more is on its way out with its message."""
    existing = page.files.get(taken.id)
    return file(existing) if existing else FileOut(taken.id, taken.name, 0, OTHER_TYPE, FileState.BLOCKED)


def delivery(delivery: Delivery) -> DeliveryOut:
    return DeliveryOut(delivery.account_id, delivery.name, delivery.via, delivery.state, delivery.detail or UNSET)


def author(author: Author | None, locale: str = "en") -> s.AuthorOut | None:
    if author is None:
        return None
    return s.AuthorOut(author.account_id, _called(author.name, locale), author.role, author.via)


def _called(name: str, locale: str) -> str:
    """Who was erased is called so in the reader's language."""
    return languages.text(SOMEBODY_WHO_LEFT, locale) if name == SOMEBODY_WHO_LEFT else name


def event_text(event: Event, reader: Membership, locale: str) -> tuple[str, str]:
    """The line as text, and as HTML with the people in it made bold."""
    sentence, values = line(event, reader.is_member)
    sentence = languages.text(sentence, locale)
    if event.type is EventType.INVITATION_BOUNCED:
        values["reason"] = languages.text(sentence_of(event.reason), locale)
    values |= {name: _called(str(values[name]), locale) for name in _BOLD}
    marked = {
        name: f"<strong>{html.escape(value)}</strong>" if name in _BOLD else html.escape(value)
        for name, value in ((name, isolated(str(value))) for name, value in values.items())
    }
    return sentence.format(**values), html.escape(sentence).format(**marked) + _joining(event, locale)


def _joining(event: Event, locale: str) -> str:
    """What one can press on the line of a call."""
    if event.type is not EventType.CALL_STARTED or event.ended_at:
        return ""
    label = html.escape(languages.text("Join", locale))
    return f' <a class="button dense" href="/calls/{html.escape(event.call_id)}" target="_blank" rel="noopener">{label}</a>'


def _text(message: Message, reader: Membership, locale: str) -> tuple[str, str]:
    if message.kind is MessageKind.EVENT:
        return event_text(message.event, reader, locale) if message.event else (languages.text(NOT_KNOWN, locale),) * 2
    return message.text, marks.to_html(
        message.text, [mention.name for mention in message.mentions]
    ) if message.text else ""


def _event(event: Event, reader: Membership) -> dict[str, object]:
    shown = {name: getattr(event, name) for name in Event.__dataclass_fields__}
    if event.type is EventType.INVITATION_BOUNCED:
        shown["reason"] = sentence_of(event.reason)
    return {name: value for name, value in shown.items() if value and (reader.is_member or name not in _FOR_MEMBERS)}


def _reply_to(message: Message, page: MessagePage, reader: Membership, locale: str) -> s.ReplyTarget:
    target = page.replied.get(message.reply_to)
    identifier = message_id(message.chat_id, message.reply_to)
    if target is None or not reader.may_see(message.reply_to):
        return s.ReplyTarget(identifier)
    text = _text(target, reader, locale)[0] or target.gist
    return s.ReplyTarget(identifier, author(target.author, locale), text)


def _reactions(seq: int, page: MessagePage, reader: Membership) -> list[s.ReactionOut]:
    by_emoji: dict[str, list[str]] = {}
    for reaction in page.reactions:
        if reaction.seq == seq:
            by_emoji.setdefault(reaction.emoji, []).append(reaction.account_id)
    return [
        s.ReactionOut(emoji, len(who), reader.account_id in who, who[:MOST_REACTORS]) for emoji, who in by_emoji.items()
    ]
