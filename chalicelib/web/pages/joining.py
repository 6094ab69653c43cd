"""The joining page: who invites, to what, and the ways on. Opening it changes nothing; a person presses each button."""

from typing import Any

from ...domain import errors
from ...domain import joining as rules
from ...domain.addresses import masked
from ...domain.identities import of_key
from ...domain.invitations import Ask, AskKind, AskState, Seat, Status
from ...domain.letters import LetterKind
from ...domain.links import Purpose
from ...templating import languages
from ...usecases import asking, joining, links_of, proving, sessions
from ...usecases.joining import Opened
from .. import guards
from ..errors import STATUS
from . import people, said
from .accounts import entered, signed_out
from .routing import Page, Pages, See, Visit

routes = Pages(__name__)
_STEPS = ("account", "new_account", "decline", "code")


@routes.page("/join/{token}")
def join_page(visit: Visit) -> Page:
    return _shown(visit, visit.got.query.get("step", ""))


@routes.form("/join/{token}")
def join(visit: Visit) -> Page | See:
    """The button that joins with the account that is signed in."""
    if visit.signed is None:
        return See(f"{_url(visit)}?step=account")
    try:
        chat_id = joining.join(
            visit.ports, visit.path["token"], visit.account, _proof(visit, bool(visit.field("confirm_mismatch")))
        )
    except errors.Refusal as refusal:
        return _refused(visit, refusal, "")
    return See(f"/chats/{chat_id}?joined=1")


@routes.form("/join/{token}/account")
def join_with_new_account(visit: Visit) -> Page | See:
    try:
        signed, chat_id = joining.join_with_new_account(
            visit.ports,
            visit.path["token"],
            visit.field("name"),
            visit.field("password"),
            _proof(visit),
            visit.got.source,
        )
    except errors.Refusal as refusal:
        return _refused(visit, refusal, "account" if refusal.code == "account_exists" else "new_account")
    return entered(visit, signed, f"/chats/{chat_id}?joined=1")


@routes.form("/join/{token}/sign-in")
def sign_in(visit: Visit) -> Page | See:
    """Back to the page, where the person sees which account will join, and confirms."""
    try:
        email = sessions.address(visit.field("email"))
        signed = sessions.sign_in(visit.ports, email, visit.field("password"), visit.got.source)
    except errors.Refusal as refusal:
        return _refused(visit, refusal, "account")
    return entered(visit, signed, _url(visit))


@routes.form("/join/{token}/sign-in-link")
def ask_link(visit: Visit) -> Page:
    try:
        email = sessions.address(visit.field("email"))
        sessions.ask_link(visit.ports, email, visit.got.source, visit.ids, LetterKind.SIGN_IN, _url(visit))
    except errors.Refusal as refusal:
        return _refused(visit, refusal, "account")
    return visit.page("sent.html", purpose="sign_in", email=email, back=f"{_url(visit)}?step=account")


@routes.form("/join/{token}/sign-out")
def switch_account(visit: Visit) -> See:
    return signed_out(visit, f"{_url(visit)}?step=account")


@routes.form("/join/{token}/decline")
def decline(visit: Visit) -> Page:
    try:
        joining.decline(visit.ports, visit.path["token"], _no(visit))
        _, seat, _ = joining.find(visit.ports, visit.path["token"])
    except errors.Refusal as refusal:
        return _refused(visit, refusal, "decline")
    status = seat.status_at(visit.ports.now())
    if status is Status.DECLINED:
        return _ended(visit, status, 200, just_now=True)
    blocked = languages.text("Noted: what you blocked stays blocked.", visit.locale)
    return _ended(visit, "accepted" if status is Status.LEFT else status, 200, notice={"kind": "good", "text": blocked})


@routes.form("/join/{token}/code")
def send_code(visit: Visit) -> Page:
    try:
        proving.send_code(visit.ports, visit.path["token"], visit.got.source, visit.ids)
    except errors.Refusal as refusal:
        return _refused(visit, refusal, "code")
    return _shown(visit, "code")


@routes.form("/join/{token}/code/confirm")
def confirm_code(visit: Visit) -> Page | See:
    session = visit.signed.session if visit.signed else None
    try:
        proof = proving.confirm_code(visit.ports, visit.path["token"], visit.field("code"), session)
    except errors.Refusal as refusal:
        if refusal.code == "code_dead":
            return _shown(visit, "code", 410, {"code": visit.problems(refusal)["form"]})
        return _refused(visit, refusal, "code")
    return See(_url(visit), (guards.proof_cookie(visit.ports, proof),))


@routes.form("/join/{token}/ask")
def ask(visit: Visit) -> Page | See:
    try:
        signed = visit.signed
        asking.ask(visit.ports, visit.path["token"], *((signed.account, signed.session) if signed else (None, None)))
    except errors.Refusal as refusal:
        return _refused(visit, refusal, "")
    return See(_url(visit))


@routes.page("/unsubscribe/{token}")
def unsubscribe_page(visit: Visit) -> Page:
    return _unsubscribe_page(visit, done=False)


@routes.form("/unsubscribe/{token}", by_token=True)
def unsubscribe(visit: Visit) -> Page:
    """One click (RFC 8058): works without a session, from a mail reader's own server too."""
    sessions.stop_invitation_mail(visit.ports, visit.path["token"])
    return _unsubscribe_page(visit, done=True)


def _unsubscribe_page(visit: Visit, done: bool) -> Page:
    email = sessions.address_of_stop_link(visit.ports, visit.path["token"])
    return visit.page("unsubscribe.html", done=done, email=email)


def _shown(
    visit: Visit, step: str, status: int = 200, problems: dict[str, str] | None = None, ways: tuple[str, ...] = ()
) -> Page:
    try:
        opened, there = joining.look(visit.ports, visit.path["token"])
    except errors.Refusal as refusal:
        return _over(visit, refusal)
    owns = visit.signed is not None and joining.owns(visit.ports, opened, visit.account, _proof(visit))
    asked = opened.seat.ask_of(visit.account.id) if visit.signed else None
    proved = _proof(visit).covers(visit.ports, opened.seat)
    if step not in _STEPS:
        step = "options" if visit.signed is None else "confirm" if owns or proved else "mismatch"
    if step == "new_account" and opened.purpose is Purpose.COPIED and not proved:
        step = "code_first"
    return visit.page(
        "join.html",
        status,
        step=step,
        join_url=_url(visit),
        invitation=_invitation(visit, opened.seat, opened.chat, opened.workspace, there, opened.purpose, opened),
        person=_person(visit, owns),
        notice=said.notice(visit, invited=True),
        ways=_ways(ways or rules.ways_on(opened.workspace.mismatch, opened.purpose), asked),
        asked_at=asked.asked_at if asked else None,
        errors=problems or {},
    )


def _refused(visit: Visit, refusal: errors.Refusal, step: str) -> Page:
    """The step again, with what was wrong; or the page of an invitation that can't be used any more."""
    if refusal.code in ("address_mismatch", "code_needed") and visit.signed:
        return _shown(visit, "", 409, ways=refusal.ways)
    if refusal.kind in (errors.Kind.GONE, errors.Kind.UNKNOWN) or refusal.code in ("communicate_off", "chat_full"):
        return _over(visit, refusal)
    problems = visit.problems(refusal)
    return _shown(visit, step, STATUS[refusal.kind], problems)


def _over(visit: Visit, refusal: errors.Refusal) -> Page:
    reasons = {"not_found": "unknown", "communicate_off": "communicate_off", "chat_full": "chat_full"}
    if refusal.kind is not errors.Kind.GONE and refusal.code not in reasons:
        raise refusal
    reason = reasons.get(refusal.code) or refusal.code.removeprefix("invitation_")
    return _ended(visit, reason, STATUS[refusal.kind])


def _ended(visit: Visit, reason: str, status: int, just_now: bool = False, notice: Any = None) -> Page:
    invitation, ended_day, chat_url, can_block, joined_with, left = None, None, None, False, None, ""
    asked: list[Ask] = []
    if reason != "unknown":
        chat, seat, purpose = joining.find(visit.ports, visit.path["token"])
        workspace, _ = visit.ports.invitations.surroundings(seat)
        invitation = _invitation(visit, seat, chat, workspace, 0, purpose, None)
        can_block = purpose is Purpose.MAILED and not just_now
        if seat.status_at(visit.ports.now()) is Status.EXPIRED and seat.expires_at:
            ended_day = languages.day(seat.expires_at, visit.locale, visit.ports.now())
        asked = [one for one in seat.asks if one.kind is AskKind.RENEW]
        if seat.is_taken and visit.signed and seat.account_id == visit.account.id:
            chat_url = f"/chats/{chat.id}"
        joined_with = _joined_with(visit, seat) if purpose is Purpose.MAILED else None
        left = _left(visit, seat)
    return visit.page(
        "join_ended.html",
        status,
        reason=reason,
        join_url=_url(visit),
        invitation=invitation,
        ended_day=ended_day,
        asked_at=asked[0].asked_at if asked else None,
        can_ask=reason == "expired" and not asked,
        chat_url=chat_url,
        joined_with=joined_with,
        left=left,
        just_now=just_now,
        can_block=can_block,
        blocking=can_block and notice is None and visit.got.query.get("step") == "decline",
        notice=notice,
    )


def _left(visit: Visit, seat: Seat) -> str:
    """How whoever joined went out of the chat: that it was them, or by whom, is theirs alone to know."""
    if seat.status is not Status.LEFT:
        return ""
    if visit.signed is None or visit.account.id != seat.account_id:
        return "somebody"
    return "removed" if seat.ended_by else "left"


def _joined_with(visit: Visit, seat: Seat) -> tuple[str, str] | None:
    """Slack or Microsoft, where the account that sits here came in by it, and still can."""
    known = of_key(seat.identity) if seat.is_taken and visit.signed is None else None
    if known is None or known.provider.option not in visit.ports.configured:
        return None
    own = visit.ports.identities.account_of(known) == seat.account_id
    return (str(known.provider), known.provider.shown) if own else None


def _invitation(
    visit: Visit, seat: Seat, chat: Any, workspace: Any, there: int, purpose: Purpose, opened: Opened | None
) -> dict[str, Any]:
    return {
        "inviter": people.face(seat.inviter_id, seat.inviter_name),
        "workspace": {"name": workspace.name if workspace else ""},
        "chat": {"name": chat.name or None, "kind": chat.kind, "participants": there},
        "email": masked(seat.email) if purpose is Purpose.COPIED else seat.email,
        "expires_at": seat.expires_at or seat.created_at,
        "options": list(opened.options(visit.ports)) if opened else [],
        "link": purpose,
        "history": str(seat.history),
        "three_words": links_of.three_words(visit.ports, seat) if opened else None,
    }


def _url(visit: Visit) -> str:
    return f"/join/{visit.path['token']}"


def _person(visit: Visit, owns: bool) -> dict[str, Any] | None:
    """Who would join, and from where: "You will join as Dana (Acme, Slack)"."""
    if visit.signed is None:
        return None
    session, me = visit.session, people.me(visit.account)
    email = me["email"] or session.email or None
    return {
        **me,
        "email": email,
        "via": session.via,
        "organization": session.organization or None,
        "is_invited_address": owns,
    }


def _ways(ways: tuple[str, ...], asked: Ask | None) -> tuple[str, ...]:
    """Who was refused by the inviter isn't offered to ask again."""
    refused = asked is not None and asked.state is AskState.REFUSED
    return tuple(way for way in ways if not (refused and way == "ask"))


def _proof(visit: Visit, confirmed: bool = False) -> proving.Proof:
    return guards.proof(visit.ports, visit.got, visit.signed, confirmed)


def _no(visit: Visit) -> joining.No:
    block = visit.field("block")
    known = block if block in ("inviter", "workspace", "everyone") else ""
    return joining.No(visit.field("reason"), known, bool(visit.field("report")))
