"""Joining by the token in the link: without a session, or with the one that is there."""

from msgspec import UNSET

from ...domain.addresses import masked
from ...domain.invitations import Status
from ...domain.links import Purpose
from ...domain.providers import Option
from ...schemas import bodies as s
from ...schemas import serializers as shapes
from ...usecases import asking, handing_over, joining, joining_by_mail, proving
from .. import guards
from ..routing import Reply, RequestContext, Routes

routes = Routes(__name__)


@routes.json("GET", "/join/{token}", "What the invitation is; changes nothing.", answers=s.JoinOut, signed_in=False)
def look(request: RequestContext) -> s.JoinOut:
    opened, people = joining.look(request.ports, request.path["token"])
    return _shown(opened, people, list(opened.options(request.ports)))


def _shown(opened: joining.OpenedInvitation, people: int, options: list[Option]) -> s.JoinOut:
    invitation, copied = opened.invitation, opened.purpose is Purpose.COPIED
    return s.JoinOut(
        status=Status.PENDING,
        inviter=s.NameOnly(invitation.inviter_name),
        workspace=s.NameOnly(opened.workspace.name),
        chat=s.JoinChat(opened.chat.name or None, opened.chat.kind, people),
        email=masked(invitation.email) if copied else invitation.email,
        expires_at=invitation.expires_at or invitation.created_at,
        options=options,
        link=opened.purpose,
        line=invitation.line or UNSET,
    )


@routes.json(
    "POST", "/join/{token}", "Join with the account that is signed in.", takes=s.Confirmation, answers=s.ChatJoined
)
def join(request: RequestContext, body: s.Confirmation) -> s.ChatJoined:
    return s.ChatJoined(
        joining.join(request.ports, request.path["token"], request.account, _proof(request, body.confirm_mismatch))
    )


@routes.json(
    "POST",
    "/join/{token}/account",
    "Make an account for the invited address and join.",
    takes=s.JoiningAccount,
    answers=s.SessionAndChat,
    status=201,
    signed_in=False,
)
def join_with_new_account(request: RequestContext, body: s.JoiningAccount) -> Reply:
    signed_in, chat_id = joining.join_with_new_account(
        request.ports, request.path["token"], body.name, body.password, _proof(request), request.incoming.source
    )
    plain = shapes.session(signed_in)
    answer = s.SessionAndChat(token=plain.token, expires_at=plain.expires_at, account=plain.account, chat_id=chat_id)
    return Reply(answer, cookies=(guards.session_cookie(request.ports, signed_in.token, signed_in.session.expires_at),))


@routes.json(
    "POST",
    "/join/{token}/mail",
    "Take part by e-mail alone; by the mailed link.",
    takes=s.JoiningByMail,
    answers=s.ChatJoined,
    status=201,
    signed_in=False,
)
def join_by_mail(request: RequestContext, body: s.JoiningByMail) -> s.ChatJoined:
    return s.ChatJoined(joining_by_mail.join_by_mail(request.ports, request.path["token"], body.name or ""))


@routes.json("POST", "/join/{token}/decline", "No, thank you.", takes=s.Decline, status=204, signed_in=False)
def decline(request: RequestContext, body: s.Decline) -> None:
    wanted = joining.DeclineRequest(body.reason or "", body.block or "", body.report, body.tell)
    joining.decline(request.ports, request.path["token"], wanted, _proof(request))


@routes.json(
    "POST",
    "/join/{token}/code",
    "Mail a six-digit code to the invited address.",
    answers=s.Accepted,
    status=202,
    signed_in=False,
)
def send_code(request: RequestContext) -> s.Accepted:
    proving.send_code(request.ports, request.path["token"], request.incoming.source, request.ids)
    return s.Accepted()


@routes.json(
    "POST",
    "/join/{token}/code/confirm",
    "Prove the invited address by the code; counts for this browser and this session.",
    takes=s.Code,
    answers=s.Proved,
    signed_in=False,
)
def confirm_code(request: RequestContext, body: s.Code) -> Reply:
    session = request.principal.session if request.principal else None
    proof = proving.confirm_code(request.ports, request.path["token"], body.code, session, request.incoming.source)
    return Reply(s.Proved(), cookies=(guards.proof_cookie(request.ports, proof),))


@routes.json(
    "POST",
    "/join/{token}/ask",
    "Ask the inviter: to join with this account, or, after the end, for a new invitation.",
    answers=s.Accepted,
    status=202,
    signed_in=False,
)
def ask(request: RequestContext) -> s.Accepted:
    principal = request.principal
    asking.ask(
        request.ports, request.path["token"], *((principal.account, principal.session) if principal else (None, None))
    )
    return s.Accepted()


@routes.json(
    "POST",
    "/join/{token}/hand-over",
    "Name another address as the right one; by the mailed link, or where the invited address was proved.",
    takes=s.HandOver,
    answers=s.Empty,
    status=202,
    signed_in=False,
)
def hand_over(request: RequestContext, body: s.HandOver) -> s.Empty:
    handing_over.hand_over(
        request.ports, request.path["token"], body.email, body.note or "", _proof(request), request.ids
    )
    return s.Empty()


def _proof(request: RequestContext, confirmed: bool = False) -> proving.Proof:
    return guards.proof(request.ports, request.incoming, request.principal, confirmed)
