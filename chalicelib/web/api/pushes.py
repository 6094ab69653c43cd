"""Pushes: the key to subscribe with, and the browsers that get them."""

from ...schemas import pushes as s
from ...usecases import pushes
from ..routing import RequestContext, Routes

routes = Routes(__name__)


@routes.json("GET", "/push-key", "What a browser subscribes with.", answers=s.PushKeyOut, signed_in=False)
def get_push_key(request: RequestContext) -> s.PushKeyOut:
    return s.PushKeyOut(pushes.public_key(request.ports))


@routes.json(
    "POST",
    "/push-subscriptions",
    "This browser gets your notifications, until you sign out of it.",
    takes=s.NewPushSubscription,
    answers=s.PushSubscriptionOut,
    status=201,
)
def subscribe(request: RequestContext, body: s.NewPushSubscription) -> s.PushSubscriptionOut:
    keys = body.keys
    made = pushes.subscribe(request.ports, request.session, body.endpoint, keys.p256dh, keys.auth)
    return s.PushSubscriptionOut(made.id)


@routes.json("DELETE", "/push-subscriptions/{subscription_id}", "No more notifications to that browser.", status=204)
def unsubscribe(request: RequestContext) -> None:
    pushes.unsubscribe(request.ports, request.account, request.path["subscription_id"])
