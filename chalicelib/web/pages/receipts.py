"""A receipt as a page, for whoever has its link; and the form that checks a copy of one."""

import json
from typing import Any

import msgspec

from ...domain import errors
from ...schemas import receipts as shapes
from ...templating import languages
from ...usecases import receipts
from .. import requests
from .routing import Page, PageRequest, Pages

routes = Pages(__name__)


@routes.page("/receipts/check")
def check_page(request: PageRequest) -> Page:
    return request.page("receipt_check.html", valid=None)


@routes.form("/receipts/check", own_proof=True)
def check(request: PageRequest) -> Page:
    """A pasted copy, as the page of a receipt gives it."""
    return request.page("receipt_check.html", valid=_is_ours(request, request.field("copy")))


@routes.page("/receipts/{token}")
def receipt_page(request: PageRequest) -> Page:
    receipt = receipts.of_token(request.ports, request.path["token"])
    shown = shapes.receipt(receipt)
    return request.page(
        "receipt.html",
        receipt=msgspec.to_builtins(shown),
        stays=[_stays(each.sentence, each.values, request.locale) for each in receipt.stays],
        is_checked=receipts.is_ours(request.ports, msgspec.to_builtins(shown)),
        copy=msgspec.json.format(msgspec.json.encode(shown), indent=2).decode(),
    )


def _is_ours(request: PageRequest, copy: str) -> bool:
    """What isn't a receipt at all isn't one of ours either."""
    try:
        sent = requests.convert(json.loads(copy), shapes.ReceiptOut)
    except (ValueError, RecursionError, errors.Refusal):
        return False
    return receipts.is_ours(request.ports, msgspec.to_builtins(sent))


def _stays(sentence: str, values: Any, locale: str) -> str:
    return languages.text(sentence, locale, **values)
