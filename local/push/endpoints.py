"""What the played push service knows, and its answer to a push: RFC 8030 for the request, RFC 8292 for who may send."""

import os
import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from typing import Any
from urllib.parse import urlsplit

from local.config import LocalConfig
from local.fake_provider.state import Store

Json = dict[str, Any]
LONGEST = 4096
_ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
_KEPT, _DAY = 200, 86_400
_URGENCIES = ("very-low", "low", "normal", "high")


class PushRefused(Exception):
    """The service takes the push not; the message says why, as services do."""

    def __init__(self, status: int, reason: str, retry_after: int = 0) -> None:
        super().__init__(reason)
        self.status, self.reason, self.retry_after = status, reason, retry_after


@dataclass(frozen=True, slots=True)
class PushService:
    config: LocalConfig
    store: Store

    @property
    def origin(self) -> str:
        return self.config.playground

    def subscribe(self, application_server_key: str) -> Json:
        """A browser's subscription, as it gives it to a page. With a key it takes pushes of its owner alone."""
        from local.push.browser import new_keys

        private, p256dh, auth = new_keys()
        subscription_id = secrets.token_urlsafe(24)
        with self.store.lock:
            self.store.data["subscriptions"][subscription_id] = {
                "private": private,
                "auth": auth,
                "key": application_server_key.rstrip("="),
                "over": False,
            }
            self.store.changed()
        endpoint = f"{self.origin}/push/s/{subscription_id}"
        keys = {"p256dh": p256dh, "auth": auth}
        return {"id": subscription_id, "endpoint": endpoint, "expirationTime": None, "keys": keys}

    def unsubscribe(self, subscription_id: str) -> bool:
        """From now on 410. False for one that never was."""
        with self.store.lock:
            known: Json | None = self.store.data["subscriptions"].get(subscription_id)
            if known is not None:
                known["over"] = True
                self.store.changed()
        return known is not None

    def take(self, subscription_id: str, headers: Mapping[str, str], body: bytes) -> Json:
        """The message that the browser gets; raises PushRefused."""
        with self.store.lock:
            self._play_fault()
            known = self.store.data["subscriptions"].get(subscription_id)
        if known is None:
            raise PushRefused(404, "there is no such subscription")
        if known["over"]:
            raise PushRefused(410, "the subscription is over")
        self._refuse_unless_signed(headers.get("authorization", ""), known["key"])
        _refuse_unless_well_formed(headers, body)
        message = _message(subscription_id, headers, known, body)
        with self.store.lock:
            self.store.data["messages"] = [*self.store.data["messages"], message][-_KEPT:]
            self.store.changed()
        return message

    def messages(self, subscription_id: str) -> list[Json]:
        with self.store.lock:
            existing: list[Json] = list(self.store.data["messages"])
        return [item for item in existing if subscription_id in ("", item["subscription"])]

    def play(self, status: int, times: int, retry_after: int) -> None:
        """So many pushes from now on get this answer."""
        with self.store.lock:
            self.store.data["fault"] = {"status": status, "times": times, "retry_after": retry_after}
            self.store.changed()

    def _play_fault(self) -> None:
        fault = self.store.data["fault"]
        if fault["times"] > 0:
            fault["times"] -= 1
            self.store.changed()
            raise PushRefused(int(fault["status"]), "played fault", int(fault["retry_after"]))

    def _refuse_unless_signed(self, authorization: str, bound_to: str) -> None:
        """RFC 8292: `vapid t=<token>, k=<key>`; the token is for this service, and for at most a day."""
        scheme, _, rest = authorization.partition(" ")
        fields = dict(part.strip().partition("=")[::2] for part in rest.split(",") if "=" in part)
        if scheme.lower() != "vapid" or set(fields) != {"t", "k"}:
            raise PushRefused(401, "Authorization must be vapid with t and k")
        if bound_to and fields["k"] != bound_to:
            raise PushRefused(403, "the subscription belongs to another application server key")
        claims = _claims(fields["t"], fields["k"])
        now = datetime.now(UTC).timestamp()
        if claims.get("aud") != self.origin:
            raise PushRefused(403, f"aud must be {self.origin}")
        if not isinstance(claims.get("exp"), int) or not now < claims["exp"] <= now + _DAY:
            raise PushRefused(403, "exp must be within 24 hours")
        if not _is_contact(str(claims.get("sub", ""))):
            raise PushRefused(403, "sub must be mailto: or https: of somebody who can be reached")


def environment(config: LocalConfig) -> dict[str, str]:
    """The settings with which the application pushes to the playground; the shell's where they are set."""
    played = {"PUSH_HOSTS": urlsplit(config.playground).netloc, "VAPID_KEY": _own_key(config)}
    return {name: os.environ.get(name, value) for name, value in played.items()}


@cache
def of(config: LocalConfig) -> PushService:
    fresh = {"subscriptions": {}, "messages": [], "fault": {"status": 0, "times": 0, "retry_after": 0}}
    return PushService(config, Store(config.data / "push.json", lambda: dict(fresh)))


def _own_key(config: LocalConfig) -> str:
    """Made once: browsers are bound to it."""
    from base64 import urlsafe_b64encode

    path = config.data / "vapid_key"
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch(mode=0o600)
        number = secrets.randbelow(_ORDER - 1) + 1
        path.write_text(urlsafe_b64encode(number.to_bytes(32)).rstrip(b"=").decode())
    return path.read_text()


def _claims(token: str, key: str) -> Json:
    import jwt
    from cryptography.hazmat.primitives.asymmetric import ec

    from local.push.browser import decoded

    try:
        public = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), decoded(key))
        options: Any = {"verify_aud": False, "verify_exp": False}
        claims: Json = jwt.decode(token, public, algorithms=["ES256"], options=options)
    except (ValueError, jwt.PyJWTError) as error:
        raise PushRefused(403, f"the token isn't signed by the key: {type(error).__name__}") from None
    return claims


def _is_contact(subject: str) -> bool:
    """As strict as Apple, which refuses addresses that can't be anybody's."""
    if subject.startswith("https://"):
        host = urlsplit(subject).hostname or ""
    else:
        host = subject.partition("@")[2] if re.fullmatch(r"mailto:[^\s<>@]+@[^\s<>@]+", subject) else ""
    return "." in host and not host.endswith((".localhost", ".local", ".invalid"))


def _refuse_unless_well_formed(headers: Mapping[str, str], body: bytes) -> None:
    if not headers.get("ttl", "").isdecimal():
        raise PushRefused(400, "TTL must be a number of seconds")
    if len(body) > LONGEST:
        raise PushRefused(413, f"at most {LONGEST} bytes")
    if headers.get("content-encoding") != "aes128gcm":
        raise PushRefused(400, "Content-Encoding must be aes128gcm")
    if headers.get("urgency", "normal") not in _URGENCIES:
        raise PushRefused(400, f"Urgency must be one of {', '.join(_URGENCIES)}")
    if "topic" in headers and not re.fullmatch(r"[A-Za-z0-9_-]{1,32}", headers["topic"]):
        raise PushRefused(400, "Topic is at most 32 characters of base64url")


def _message(subscription_id: str, headers: Mapping[str, str], known: Json, body: bytes) -> Json:
    """The service brings bytes; what is in them, its browser alone can see. `text` is empty where it can't open them."""
    from local.push.browser import Unreadable, opened

    try:
        text, problem = opened(body, known["private"], known["auth"]), ""
    except Unreadable as error:
        text, problem = "", str(error)
    return {
        "id": secrets.token_urlsafe(12),
        "subscription": subscription_id,
        "at": datetime.now(UTC).isoformat(timespec="milliseconds"),
        "ttl": int(headers["ttl"]),
        "topic": headers.get("topic", ""),
        "urgency": headers.get("urgency", "normal"),
        "size": len(body),
        "text": text,
        "problem": problem,
    }
