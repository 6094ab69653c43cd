"""Receipts of places that ended: shown by their link, to anybody who has it; and checked, for anybody who has a copy."""

from collections.abc import Mapping
from typing import Any

from ..domain import errors, links
from ..domain.links import Purpose
from ..domain.receipts import Receipt, signed_bytes
from ..ports import Ports


def url(ports: Ports, receipt_id: str) -> str:
    """For both sides, for good: the keys that it is derived from are never taken out."""
    return _url(ports, receipt_id, ports.receipt_keys[0])


def of_token(ports: Ports, token: str) -> Receipt:
    receipt_id = links.verify_text(token, ports.receipt_keys, Purpose.RECEIPT)
    receipt = ports.receipts.get(receipt_id) if receipt_id else None
    if receipt is None:
        raise errors.unknown()
    return receipt


def is_ours(ports: Ports, sent: Mapping[str, Any]) -> bool:
    """Whether it says exactly what we signed. Nothing stored is looked at, so a copy stays good whatever was erased."""
    mine = [_url(ports, str(sent.get("id", "")), key) for key in ports.receipt_keys]
    if sent.get("url", mine[0]) not in mine:
        return False
    return ports.receipt_signer.is_signed(signed_bytes(sent), str(sent.get("signature", "")))


def _url(ports: Ports, receipt_id: str, key: str) -> str:
    return f"{ports.public_url}/receipts/{links.sign_text(key, Purpose.RECEIPT, receipt_id)}"
