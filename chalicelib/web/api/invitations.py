"""Invitations of a chat, as its members handle them."""

from ...schemas import bodies as s
from ...schemas import inviting as i
from ...schemas import serializers as shapes
from ...usecases import asking, checking, invitations, inviting
from .. import cursors
from ..routing import Reply, RequestContext, Routes
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
def invite(request: RequestContext, body: s.NewInvitees) -> s.InvitedOut | Reply:
    people, line = invitees(request, body.invitees), body.line or ""
    if request.query(i.Checking).is_check:
        return checked(
            checking.check(request.ports, request.account, request.path["chat_id"], people, request.ids, line)
        )
    made = inviting.invite(request.ports, request.account, request.path["chat_id"], people, request.ids, line)
    return s.InvitedOut(
        [shown(request, invitation) for invitation in made.invitations],
        [shapes.result(result) for result in made.results],
    )


@routes.json(
    "GET",
    "/chats/{chat_id}/invitations",
    "Invitations with their true state.",
    answers=s.InvitationsPage,
    query=s.Paging,
)
def list_invitations(request: RequestContext) -> s.InvitationsPage:
    paging = request.query(s.Paging)
    results = list(invitations.listed(request.ports, request.account, request.path["chat_id"]))
    after = cursors.read(request.ports, request.account.id, request.incoming.path, paging.cursor)
    page, last = cursors.slice_of(results, [invitation.id for invitation in results], after, paging.limit)
    following = cursors.make(request.ports, request.account.id, request.incoming.path, last) if last else None
    return s.InvitationsPage([shown(request, invitation) for invitation in page], following)


@routes.json(
    "POST", "/chats/{chat_id}/invitations/{invitation_id}/resend", "Send the same link again.", answers=s.InvitationOut
)
def resend_invitation(request: RequestContext) -> s.InvitationOut:
    invitation = invitations.resend(
        request.ports, request.account, request.path["chat_id"], request.path["invitation_id"], request.ids
    )
    return shown(request, invitation)


@routes.json(
    "PATCH",
    "/chats/{chat_id}/invitations/{invitation_id}",
    "Fix the address; the old link dies.",
    takes=s.OnlyEmail,
    answers=s.InvitationOut,
)
def fix_address(request: RequestContext, body: s.OnlyEmail) -> s.InvitationOut:
    invitation = invitations.fix_address(
        request.ports, request.account, request.path["chat_id"], request.path["invitation_id"], body.email
    )
    return shown(request, invitation)


@routes.json("DELETE", "/chats/{chat_id}/invitations/{invitation_id}", "Take an invitation back.", status=204)
def revoke_invitation(request: RequestContext) -> None:
    invitations.revoke(request.ports, request.account, request.path["chat_id"], request.path["invitation_id"])


@routes.json(
    "GET",
    "/chats/{chat_id}/invitations/{invitation_id}/link",
    "The copied link and its QR code; inviter, owner and admin only.",
    answers=s.LinkOut,
)
def get_link(request: RequestContext) -> s.LinkOut:
    chat_id, invitation_id = request.path["chat_id"], request.path["invitation_id"]
    url = invitations.copied_link(request.ports, request.account, chat_id, invitation_id)
    return s.LinkOut(url, f"{request.ports.public_url}/chats/{chat_id}/invitations/{invitation_id}/qr.svg")


@routes.json(
    "POST",
    "/chats/{chat_id}/invitations/{invitation_id}/asks/{ask_id}",
    "Answer somebody who asks; inviter, owner and admin only.",
    takes=s.Decision,
    answers=s.InvitationOut,
)
def answer_ask(request: RequestContext, body: s.Decision) -> s.InvitationOut:
    path = request.path
    where = path["chat_id"], path["invitation_id"], path["ask_id"]
    return shown(request, asking.answer(request.ports, request.account, *where, allow=body.decision == "allow"))
