"""Whether a request came from Slack."""

import hashlib
import hmac
import time

_WINDOW = 300


def is_signed(secret: str, timestamp: str, signature: str, body: bytes) -> bool:
    """Slack's signature over the raw bytes, within five minutes by the machine's own clock. Garbage is simply not signed."""
    if (
        not secret
        or not timestamp.isascii()
        or not timestamp.isdecimal()
        or len(timestamp) > 12
        or not signature.isascii()
    ):
        return False
    if abs(time.time() - int(timestamp)) > _WINDOW:
        return False
    expected = hmac.new(secret.encode(), b"v0:" + timestamp.encode() + b":" + body, hashlib.sha256).hexdigest()
    return hmac.compare_digest(f"v0={expected}", signature)
