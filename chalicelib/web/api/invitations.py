"""Invitations of a chat, as its members handle them."""

from ...shapes import inviting as i
from ...shapes import schemas as s
from ...shapes import shown as shapes
from ...usecases import asking, invitations, inviting
from .. import cursors
from ..routing import Call, Reply, Routes
from .chats import checked, invitees, shown

routes = Routes(__name__)


@routes.json(
    "POST",
    "/chats/{chat_id}/invitations",
    "Invite more people.",
    takes=s.NewInvitees,
    answers=s.InvitedOut,
    status=201,
    query=i.Checking,
    or_answers={200: i.CheckedOut},
)
def invite(call: Call, body: s.NewInvitees) -> s.InvitedOut | Reply:
    people, line = invitees(call, body.invitees), body.line or ""
    if call.query(i.Checking).is_check:
        return checked(inviting.check(call.ports, call.account, call.path["chat_id"], people, call.ids, line))
    made = inviting.invite(call.ports, call.account, call.path["chat_id"], people, call.ids, line)
    return s.InvitedOut([shown(call, seat) for seat in made.seats], [shapes.result(one) for one in made.results])


@routes.json(
    "GET",
    "/chats/{chat_id}/invitations",
    "Invitations with their true state.",
    answers=s.InvitationsPage,
    query=s.Paging,
)
def list_invitations(call: Call) -> s.InvitationsPage:
    paging = call.query(s.Paging)
    found = list(invitations.listed(call.ports, call.account, call.path["chat_id"]))
    after = cursors.read(call.ports, call.account.id, call.got.path, paging.cursor)
    page, last = cursors.slice_of(found, [one.id for one in found], after, paging.limit)
    following = cursors.make(call.ports, call.account.id, call.got.path, last) if last else None
    return s.InvitationsPage([shown(call, one) for one in page], following)


@routes.json(
    "POST", "/chats/{chat_id}/invitations/{invitation_id}/resend", "Send the same link again.", answers=s.InvitationOut
)
def resend_invitation(call: Call) -> s.InvitationOut:
    seat = invitations.resend(call.ports, call.account, call.path["chat_id"], call.path["invitation_id"], call.ids)
    return shown(call, seat)


@routes.json(
    "PATCH",
    "/chats/{chat_id}/invitations/{invitation_id}",
    "Fix the address; the old link dies.",
    takes=s.OnlyEmail,
    answers=s.InvitationOut,
)
def fix_address(call: Call, body: s.OnlyEmail) -> s.InvitationOut:
    seat = invitations.fix_address(
        call.ports, call.account, call.path["chat_id"], call.path["invitation_id"], body.email
    )
    return shown(call, seat)


@routes.json("DELETE", "/chats/{chat_id}/invitations/{invitation_id}", "Take an invitation back.", status=204)
def revoke_invitation(call: Call) -> None:
    invitations.revoke(call.ports, call.account, call.path["chat_id"], call.path["invitation_id"])


@routes.json(
    "GET",
    "/chats/{chat_id}/invitations/{invitation_id}/link",
    "The copied link and its QR code; inviter, owner and admin only.",
    answers=s.LinkOut,
)
def get_link(call: Call) -> s.LinkOut:
    chat_id, invitation_id = call.path["chat_id"], call.path["invitation_id"]
    url = invitations.copied_link(call.ports, call.account, chat_id, invitation_id)
    return s.LinkOut(url, f"{call.ports.public_url}/chats/{chat_id}/invitations/{invitation_id}/qr.svg")


@routes.json(
    "POST",
    "/chats/{chat_id}/invitations/{invitation_id}/asks/{ask_id}",
    "Answer somebody who asks; inviter, owner and admin only.",
    takes=s.Decision,
    answers=s.InvitationOut,
)
def answer_ask(call: Call, body: s.Decision) -> s.InvitationOut:
    path = call.path
    where = path["chat_id"], path["invitation_id"], path["ask_id"]
    return shown(call, asking.answer(call.ports, call.account, *where, allow=body.decision == "allow"))
