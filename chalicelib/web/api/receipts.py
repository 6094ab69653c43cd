"""Receipts of places that ended: for whoever has the link, and checked for whoever has a copy."""

import msgspec

from ...schemas import receipts as r
from ...usecases import receipts
from ..routing import RequestContext, Routes

routes = Routes(__name__)
_MOST_BYTES = 64 * 1024


@routes.json("GET", "/receipts/{token}", "A receipt, by its link.", answers=r.ReceiptOut, signed_in=False)
def get_receipt(request: RequestContext) -> r.ReceiptOut:
    return r.receipt(receipts.of_token(request.ports, request.path["token"]))


@routes.json(
    "POST",
    "/receipts/check",
    "Whether a receipt says exactly what we signed; nothing that is stored is looked at.",
    takes=r.ReceiptOut,
    answers=r.Validity,
    signed_in=False,
    most_bytes=_MOST_BYTES,
)
def check_receipt(request: RequestContext, body: r.ReceiptOut) -> r.Validity:
    return r.Validity(receipts.is_ours(request.ports, msgspec.to_builtins(body)))
