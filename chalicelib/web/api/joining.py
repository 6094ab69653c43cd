"""Joining by the token in the link: without a session, or with the one that is there."""

from msgspec import UNSET

from ...domain.addresses import masked
from ...domain.invitations import Status
from ...domain.links import Purpose
from ...domain.plans import Option
from ...shapes import schemas as s
from ...shapes import shown as shapes
from ...usecases import asking, joining, proving
from .. import guards
from ..routing import Call, Reply, Routes

routes = Routes(__name__)


@routes.json("GET", "/join/{token}", "What the invitation is; changes nothing.", answers=s.JoinOut, signed_in=False)
def look(call: Call) -> s.JoinOut:
    opened, people = joining.look(call.ports, call.path["token"])
    return _shown(opened, people, list(opened.options(call.ports)))


def _shown(opened: joining.Opened, people: int, options: list[Option]) -> s.JoinOut:
    seat, copied = opened.seat, opened.purpose is Purpose.COPIED
    return s.JoinOut(
        status=Status.PENDING,
        inviter=s.NameOnly(seat.inviter_name),
        workspace=s.NameOnly(opened.workspace.name),
        chat=s.JoinChat(opened.chat.name or None, opened.chat.kind, people),
        email=masked(seat.email) if copied else seat.email,
        expires_at=seat.expires_at or seat.created_at,
        options=options,
        link=opened.purpose,
        line=seat.line or UNSET,
    )


@routes.json(
    "POST", "/join/{token}", "Join with the account that is signed in.", takes=s.Confirmation, answers=s.ChatJoined
)
def join(call: Call, body: s.Confirmation) -> s.ChatJoined:
    return s.ChatJoined(joining.join(call.ports, call.path["token"], call.account, _proof(call, body.confirm_mismatch)))


@routes.json(
    "POST",
    "/join/{token}/account",
    "Make an account for the invited address and join.",
    takes=s.JoiningAccount,
    answers=s.SessionAndChat,
    status=201,
    signed_in=False,
)
def join_with_new_account(call: Call, body: s.JoiningAccount) -> Reply:
    signed, chat_id = joining.join_with_new_account(
        call.ports, call.path["token"], body.name, body.password, _proof(call), call.got.source
    )
    plain = shapes.session(signed)
    answer = s.SessionAndChat(token=plain.token, expires_at=plain.expires_at, account=plain.account, chat_id=chat_id)
    return Reply(answer, cookies=(guards.session_cookie(call.ports, signed.token, signed.session.expires_at),))


@routes.json("POST", "/join/{token}/decline", "No, thank you.", takes=s.Decline, status=204, signed_in=False)
def decline(call: Call, body: s.Decline) -> None:
    joining.decline(call.ports, call.path["token"], joining.No(body.reason or "", body.block or "", body.report))


@routes.json(
    "POST",
    "/join/{token}/code",
    "Mail a six-digit code to the invited address.",
    answers=s.Accepted,
    status=202,
    signed_in=False,
)
def send_code(call: Call) -> s.Accepted:
    proving.send_code(call.ports, call.path["token"], call.got.source, call.ids)
    return s.Accepted()


@routes.json(
    "POST",
    "/join/{token}/code/confirm",
    "Prove the invited address by the code; counts for this browser and this session.",
    takes=s.Code,
    answers=s.Proved,
    signed_in=False,
)
def confirm_code(call: Call, body: s.Code) -> Reply:
    session = call.signed.session if call.signed else None
    proof = proving.confirm_code(call.ports, call.path["token"], body.code, session)
    return Reply(s.Proved(), cookies=(guards.proof_cookie(call.ports, proof),))


@routes.json(
    "POST",
    "/join/{token}/ask",
    "Ask the inviter: to join with this account, or, after the end, for a new invitation.",
    answers=s.Accepted,
    status=202,
    signed_in=False,
)
def ask(call: Call) -> s.Accepted:
    signed = call.signed
    asking.ask(call.ports, call.path["token"], *((signed.account, signed.session) if signed else (None, None)))
    return s.Accepted()


def _proof(call: Call, confirmed: bool = False) -> proving.Proof:
    return guards.proof(call.ports, call.got, call.signed, confirmed)
