"""The joining page: who invites, to what, and the ways on. Opening it changes nothing; a person presses each button."""

from typing import Any

from ...domain import errors
from ...domain import handing_over as handing_rules
from ...domain import joining as rules
from ...domain.addresses import masked
from ...domain.identities import of_key
from ...domain.invitations import Ask, AskKind, AskState, Invitation, Status
from ...domain.links import Purpose
from ...domain.notifications import NotificationKind
from ...templating import languages
from ...usecases import (
    asking,
    handing_over,
    identities,
    invitation_links,
    invitations,
    joining,
    joining_by_mail,
    proving,
    sessions,
)
from ...usecases.joining import OpenedInvitation
from .. import guards
from ..errors import STATUS
from . import flash, people
from .accounts import entered, signed_out
from .routing import Page, PageRequest, Pages, Redirect

routes = Pages(__name__)
_STEPS = ("account", "new_account", "decline", "code", "hand_over")


@routes.page("/join/{token}")
def join_page(request: PageRequest) -> Page:
    return _shown(request, request.incoming.query.get("step", ""))


@routes.form("/join/{token}")
def join(request: PageRequest) -> Page | Redirect:
    """The button that joins with the account that is signed in."""
    if request.principal is None:
        return Redirect(f"{_url(request)}?step=account")
    try:
        chat_id = joining.join(
            request.ports,
            request.path["token"],
            request.account,
            _proof(request, bool(request.field("confirm_mismatch"))),
        )
    except errors.Refusal as refusal:
        return _refused(request, refusal, "")
    return Redirect(f"/chats/{chat_id}?joined=1")


@routes.form("/join/{token}/account", own_proof=True)
def join_with_new_account(request: PageRequest) -> Page | Redirect:
    try:
        signed_in, chat_id = joining.join_with_new_account(
            request.ports,
            request.path["token"],
            request.field("name"),
            request.field("password"),
            _proof(request),
            request.incoming.source,
        )
    except errors.Refusal as refusal:
        return _refused(request, refusal, "account" if refusal.code == "account_exists" else "new_account")
    return entered(request, signed_in, f"/chats/{chat_id}?joined=1")


@routes.form("/join/{token}/mail", own_proof=True)
def join_by_mail(request: PageRequest) -> Page:
    try:
        joining_by_mail.join_by_mail(request.ports, request.path["token"])
        _, invitation, _ = joining.find(request.ports, request.path["token"])
    except errors.Refusal as refusal:
        return _refused(request, refusal, "")
    return request.page("joined_by_mail.html", email=invitation.account_email, inviter=invitation.inviter_name)


@routes.form("/join/{token}/sign-in", own_proof=True)
def sign_in(request: PageRequest) -> Page | Redirect:
    """Back to the page, where the person sees which account will join, and confirms."""
    try:
        email = sessions.address(request.field("email"))
        signed_in = sessions.sign_in(request.ports, email, request.field("password"), request.incoming.source)
    except errors.Refusal as refusal:
        return _refused(request, refusal, "account")
    return entered(request, signed_in, _url(request))


@routes.form("/join/{token}/sign-in-link", own_proof=True)
def ask_link(request: PageRequest) -> Page:
    try:
        email = sessions.address(request.field("email"))
        sessions.ask_link(
            request.ports, email, request.incoming.source, request.ids, NotificationKind.SIGN_IN, _url(request)
        )
    except errors.Refusal as refusal:
        return _refused(request, refusal, "account")
    return request.page("sent.html", purpose="sign_in", email=email, back=f"{_url(request)}?step=account")


@routes.form("/join/{token}/sign-out")
def switch_account(request: PageRequest) -> Redirect:
    return signed_out(request, f"{_url(request)}?step=account")


@routes.form("/join/{token}/decline", own_proof=True)
def decline(request: PageRequest) -> Page:
    try:
        joining.decline(request.ports, request.path["token"], _decline_request(request), _proof(request))
        _, invitation, _ = joining.find(request.ports, request.path["token"])
    except errors.Refusal as refusal:
        return _refused(request, refusal, "decline")
    status = invitation.status_at(request.ports.now())
    if status is Status.DECLINED:
        return _ended(request, status, 200, just_now=True)
    blocked = languages.text("Noted: what you blocked stays blocked.", request.locale)
    return _ended(
        request, "accepted" if status is Status.LEFT else status, 200, notice={"kind": "good", "text": blocked}
    )


@routes.form("/join/{token}/code", own_proof=True)
def send_code(request: PageRequest) -> Page:
    try:
        proving.send_code(request.ports, request.path["token"], request.incoming.source, request.ids)
    except errors.Refusal as refusal:
        return _refused(request, refusal, "code")
    return _shown(request, "code")


@routes.form("/join/{token}/code/confirm")
def confirm_code(request: PageRequest) -> Page | Redirect:
    session = request.principal.session if request.principal else None
    try:
        token, code, source = request.path["token"], request.field("code"), request.incoming.source
        proof = proving.confirm_code(request.ports, token, code, session, source)
    except errors.Refusal as refusal:
        if refusal.code == "code_dead":
            return _shown(request, "code", 410, {"code": request.problems(refusal)["form"]})
        return _refused(request, refusal, "code")
    return Redirect(_url(request), (guards.proof_cookie(request.ports, proof),))


@routes.form("/join/{token}/ask")
def ask(request: PageRequest) -> Page | Redirect:
    try:
        principal = request.principal
        asking.ask(
            request.ports,
            request.path["token"],
            *((principal.account, principal.session) if principal else (None, None)),
        )
    except errors.Refusal as refusal:
        return _refused(request, refusal, "")
    return Redirect(_url(request))


@routes.form("/join/{token}/hand-over")
def hand_over(request: PageRequest) -> Page:
    """Answered with a page, not with a redirect: where it moved at once, this link leads nowhere any more."""
    token, email = request.path["token"], request.field("email")
    try:
        handed = handing_over.hand_over(
            request.ports, token, email, request.field("note"), _proof(request), request.ids
        )
    except errors.Refusal as refusal:
        if refusal.code == "code_needed":
            return _shown(request, "hand_over", 403)
        return _refused(request, refusal, "hand_over")
    return request.page(
        "join_handed_over.html",
        inviter=people.avatar(handed.invitation.inviter_id, handed.invitation.inviter_name),
        email=sessions.address(email),
        has_moved=handed.has_moved,
        join_url=_url(request),
    )


@routes.page("/unsubscribe/{token}")
def unsubscribe_page(request: PageRequest) -> Page:
    return _unsubscribe_page(request, done=False)


@routes.form("/unsubscribe/{token}", by_token=True)
def unsubscribe(request: PageRequest) -> Page:
    """One click (RFC 8058): works without a session, from a mail reader's own server too."""
    sessions.stop_invitation_mail(request.ports, request.path["token"])
    return _unsubscribe_page(request, done=True)


def _unsubscribe_page(request: PageRequest, done: bool) -> Page:
    email = sessions.address_of_stop_link(request.ports, request.path["token"])
    return request.page("unsubscribe.html", done=done, email=email)


def _shown(
    request: PageRequest,
    step: str,
    status: int = 200,
    problems: dict[str, str] | None = None,
    ways: tuple[str, ...] = (),
) -> Page:
    try:
        opened, existing = joining.look(request.ports, request.path["token"])
    except errors.Refusal as refusal:
        return _over(request, refusal)
    owns = request.principal is not None and joining.owns(request.ports, opened, request.account, _proof(request))
    asked = opened.invitation.ask_of(request.account.id) if request.principal else None
    proved = _proof(request).covers(request.ports, opened.invitation)
    can_hand_over = handing_rules.is_offered(opened.invitation, opened.workspace)
    if step not in _STEPS or (step == "hand_over" and not can_hand_over):
        step = "options" if request.principal is None else "confirm" if owns or proved else "mismatch"
    if step in ("new_account", "hand_over") and opened.purpose is Purpose.COPIED and not proved:
        step = "code_first"
    return request.page(
        "join.html",
        status,
        step=step,
        join_url=_url(request),
        invitation=invitation_shown(
            request, opened.invitation, opened.chat, opened.workspace, existing, opened.purpose, opened
        ),
        person=_person(request, owns, opened.invitation),
        notice=flash.notice(request, invited=True),
        ways=_ways(ways or rules.ways_on(opened.workspace.mismatch, opened.purpose), asked),
        asked_at=asked.asked_at if asked else None,
        can_block=joining.speaks_for_address(request.ports, opened.invitation, opened.purpose, _proof(request)),
        can_hand_over=can_hand_over,
        own_domain_passes=handing_rules.own_domain_passes(opened.workspace, opened.invitation),
        errors=problems or {},
    )


def _refused(request: PageRequest, refusal: errors.Refusal, step: str) -> Page:
    """The step again, with what was wrong; or the page of an invitation that can't be used any more."""
    if refusal.code in ("address_mismatch", "code_needed") and request.principal:
        return _shown(request, "", 409, ways=refusal.ways)
    if refusal.kind in (errors.RefusalKind.GONE, errors.RefusalKind.UNKNOWN) or refusal.code in (
        "communicate_off",
        "chat_full",
    ):
        return _over(request, refusal)
    page = _shown(request, step, STATUS[refusal.kind], request.problems(refusal))
    if refusal.kind is errors.RefusalKind.UNAVAILABLE and page.status != STATUS[refusal.kind]:
        raise refusal  # it was the person's own try that used the invitation up: they press again, and are in
    return page


def _over(request: PageRequest, refusal: errors.Refusal) -> Page:
    reasons = {"not_found": "unknown", "communicate_off": "communicate_off", "chat_full": "chat_full"}
    if refusal.kind is not errors.RefusalKind.GONE and refusal.code not in reasons:
        raise refusal
    reason = reasons.get(refusal.code) or refusal.code.removeprefix("invitation_")
    return _ended(request, reason, STATUS[refusal.kind])


def _ended(request: PageRequest, reason: str, status: int, just_now: bool = False, notice: Any = None) -> Page:
    invitation, ended_day, chat_url, can_block, joined_with, left = None, None, None, False, None, ""
    asked: list[Ask] = []
    if reason != "unknown":
        chat, invited, purpose = joining.find(request.ports, request.path["token"])
        workspace = invitations.workspace_of(request.ports, invited)
        invitation = invitation_shown(request, invited, chat, workspace, 0, purpose, None)
        can_block = joining.speaks_for_address(request.ports, invited, purpose, _proof(request)) and not just_now
        if invited.status_at(request.ports.now()) is Status.EXPIRED and invited.expires_at:
            ended_day = languages.day(invited.expires_at, request.locale, request.ports.now())
        asked = [ask for ask in invited.asks if ask.kind is AskKind.RENEW]
        if invited.is_taken and request.principal and invited.account_id == request.account.id:
            chat_url = f"/chats/{chat.id}"
        joined_with = _joined_with(request, invited) if purpose is Purpose.MAILED else None
        left = _left(request, invited)
    return request.page(
        "join_ended.html",
        status,
        reason=reason,
        join_url=_url(request),
        invitation=invitation,
        ended_day=ended_day,
        asked_at=asked[0].asked_at if asked else None,
        can_ask=reason == "expired" and not asked,
        answers_into_chat=bool(request.ports.mail_in_domain),
        chat_url=chat_url,
        joined_with=joined_with,
        left=left,
        just_now=just_now,
        can_block=can_block,
        blocking=can_block and notice is None and request.incoming.query.get("step") == "decline",
        notice=notice,
    )


def _left(request: PageRequest, invitation: Invitation) -> str:
    """How whoever joined went out of the chat: that it was them, or by whom, is theirs alone to know."""
    if invitation.status is not Status.LEFT:
        return ""
    if request.principal is None or request.account.id != invitation.account_id:
        return "somebody"
    return "removed" if invitation.ended_by else "left"


def _joined_with(request: PageRequest, invitation: Invitation) -> tuple[str, str] | None:
    """Slack or Microsoft, where the account that sits here came in by it, and still can."""
    identity = of_key(invitation.identity) if invitation.is_taken and request.principal is None else None
    if identity is None or identity.provider.option not in request.ports.configured:
        return None
    mine = identities.is_still_theirs(request.ports, identity, invitation.account_id)
    return (str(identity.provider), identity.provider.shown) if mine else None


def invitation_shown(
    request: PageRequest,
    invitation: Invitation,
    chat: Any,
    workspace: Any,
    existing: int,
    purpose: Purpose,
    opened: OpenedInvitation | None,
) -> dict[str, Any]:
    """The invitation as the templates of its page have it; `existing` people are in the chat."""
    return {
        "inviter": people.avatar(invitation.inviter_id, invitation.inviter_name),
        "workspace": {"name": workspace.name if workspace else ""},
        "chat": {"name": chat.name or None, "kind": chat.kind, "participants": existing},
        "email": masked(invitation.email) if purpose is Purpose.COPIED else invitation.email,
        "expires_at": invitation.expires_at or invitation.created_at,
        "options": list(opened.options(request.ports)) if opened else [],
        "link": purpose,
        "history": str(invitation.history),
        "line": invitation.line or None,
        "three_words": invitation_links.three_words(request.ports, invitation) if opened else None,
    }


def _url(request: PageRequest) -> str:
    return f"/join/{request.path['token']}"


def _person(request: PageRequest, owns: bool, invitation: Invitation) -> dict[str, Any] | None:
    """Who would join, and from where: "You will join as Dana (Acme, Slack)"."""
    if request.principal is None:
        return None
    session, me = request.session, people.me(request.account)
    email = me["email"] or session.email or None
    return {
        **me,
        "email": email,
        "via": session.via,
        "organization": session.organization or None,
        "is_invited_address": owns,
        "is_same_address": email == invitation.email,
    }


def _ways(ways: tuple[str, ...], asked: Ask | None) -> tuple[str, ...]:
    """Who was refused by the inviter isn't offered to ask again."""
    refused = asked is not None and asked.state is AskState.REFUSED
    return tuple(way for way in ways if not (refused and way == "ask"))


def _proof(request: PageRequest, confirmed: bool = False) -> proving.Proof:
    return guards.proof(request.ports, request.incoming, request.principal, confirmed)


def _decline_request(request: PageRequest) -> joining.DeclineRequest:
    block = request.field("block")
    existing = block if block in ("inviter", "workspace", "everyone") else ""
    is_reported, tell = bool(request.field("report")), bool(request.field("tell"))
    return joining.DeclineRequest(request.field("reason"), existing, is_reported, tell, request.locale)
