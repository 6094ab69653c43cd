"""A refusal as an HTTP answer: the status of its kind, and the one JSON shape of RFC 9457."""

from http import HTTPStatus
from typing import Any

import msgspec
from chalice.app import Response

from ..domain.errors import CallOpen, Refusal, RefusalKind

STATUS = {
    RefusalKind.MALFORMED: 400,
    RefusalKind.NOT_SIGNED_IN: 401,
    RefusalKind.FORBIDDEN: 403,
    RefusalKind.UNKNOWN: 404,
    RefusalKind.CONFLICT: 409,
    RefusalKind.GONE: 410,
    RefusalKind.TOO_LARGE: 413,
    RefusalKind.WRONG_MEDIA: 415,
    RefusalKind.WRONG_FIELD: 422,
    RefusalKind.TOO_MANY: 429,
    RefusalKind.PROVIDER_FAILED: 502,
    RefusalKind.UNAVAILABLE: 503,
}
MEDIA = "application/problem+json"


class FieldProblem(msgspec.Struct, rename={"field_": "field"}):
    field_: str
    code: str
    message: str


class OpenCall(msgspec.Struct):
    id: str
    url: str


class Problem(msgspec.Struct, omit_defaults=True):
    """What went wrong, in the shape of RFC 9457. `errors` only where fields are at fault; `ways` only where there are ways on;
    `call` is the one that is open already."""

    type: str
    title: str
    status: int
    code: str
    detail: str
    request_id: str
    errors: list[FieldProblem] = []
    ways: list[str] = []
    call: OpenCall | None = None


def problem(refusal: Refusal, request_id: str) -> Response:
    status = STATUS[refusal.kind]
    body = Problem(
        type=f"/docs#{refusal.code}",
        title=HTTPStatus(status).phrase,
        status=status,
        code=refusal.code,
        detail=refusal.detail,
        request_id=request_id,
        errors=[
            FieldProblem(field_error.field, field_error.code, field_error.message) for field_error in refusal.fields
        ],
        ways=list(refusal.ways),
        call=OpenCall(refusal.call_id, refusal.url) if isinstance(refusal, CallOpen) else None,
    )
    return Response(
        msgspec.json.encode(body).decode(), headers={"Content-Type": MEDIA, **retry_after(refusal)}, status_code=status
    )


def retry_after(refusal: Refusal) -> dict[str, Any]:
    return {"Retry-After": str(refusal.retry_after)} if refusal.retry_after is not None else {}


def unexpected() -> Refusal:
    """For a bug: logged where it is caught, and told without a trace."""
    return Refusal(
        RefusalKind.UNAVAILABLE,
        "unexpected",
        "Something went wrong here; it was noted. Try again in a moment.",
        retry_after=5,
    )
