"""Every route of the API as a table: how to call it in the usual town, and what a body of it may hold."""

from dataclasses import dataclass, field
from typing import Any

from tests.support import pushes
from tests.support.app import PASSWORD
from tests.support.sample_chat import Scene

NOBODY = "a" * 16
"""An id that looks like one of ours and isn't."""


@dataclass(frozen=True)
class Sample:
    """`path` holds the town's names in braces; `owned` says which of them must be one's own."""

    method: str
    path: str
    body: dict[str, Any] | None = None
    owned: tuple[str, ...] = field(default=())
    open_to_all: bool = False
    takes_file: bool = False

    @property
    def name(self) -> str:
        return f"{self.method} {self.path}"

    def path_in(self, scene: Scene, **other: str) -> str:
        return self.path.format(**(names(scene) | other))

    def body_in(self, scene: Scene) -> dict[str, Any] | None:
        if self.body is None:
            return None
        existing = names(scene)
        return {
            name: value.format(**existing) if isinstance(value, str) and value.startswith("{") else value
            for name, value in self.body.items()
        }


def names(scene: Scene) -> dict[str, str]:
    return {
        "workspace": scene.workspace,
        "member": scene.member.id,
        "guest": scene.guest.id,
        "chat": scene.chat,
        "invitation": scene.invitation,
        "post": scene.post["id"],
        "mailed": scene.reply["id"],
        "token": scene.link,
        "ask": scene.ask,
        "call": scene.call,
        "receipt": scene.receipt,
        "file": scene.file,
        "push": scene.push,
        "session": scene.session,
        "picture": scene.picture,
    }


SOME_RECEIPT = {
    "id": "a" * 16,
    "person": {"name": "Olaf", "invited_as": "olaf@nord.example", "via": "webtop"},
    "workspace": {"id": "a" * 16, "name": "Brightwater"},
    "chats": [{"id": "a" * 16, "name": None, "from": "2026-11-23T09:00:00Z", "to": "2026-11-23T10:00:00Z"}],
    "ended_by": None,
    "reason": "ended",
    "stays": [],
    "issued_at": "2026-11-23T10:00:00Z",
    "signature": "x.y",
}
INVITEES = [{"email": "ida@fjord.example"}]
ROUTES = [
    Sample(
        "POST", "/accounts", {"email": "a@b.example", "name": "A", "password": PASSWORD, "workspace": "W"}, (), True
    ),
    Sample("POST", "/sessions", {"email": "mara@brightwater.example", "password": PASSWORD}, (), True),
    Sample("POST", "/sign-in-links", {"email": "a@b.example"}, (), True),
    Sample("POST", "/password-resets", {"email": "a@b.example"}, (), True),
    Sample("GET", "/me"),
    Sample("PATCH", "/me", {"name": "Mara", "time_zone": "Europe/Berlin"}),
    Sample("GET", "/me/sessions"),
    Sample("DELETE", "/me/sessions/{session}", None, ("session",)),
    Sample("DELETE", "/me", {"messages": "keep", "password": PASSWORD}),
    Sample("POST", "/me/keep"),
    Sample("POST", "/me/export"),
    Sample("PUT", "/me/picture", takes_file=True),
    Sample("DELETE", "/me/picture"),
    Sample("GET", "/people/{member}/pictures/{picture}", None, ("member",)),
    Sample("POST", "/me/email", {"email": "mara@lindqvist.example", "password": PASSWORD}),
    Sample("GET", "/push-key", open_to_all=True),
    Sample("POST", "/push-subscriptions", {name: pushes.browser("phone")[name] for name in ("endpoint", "keys")}),
    Sample("DELETE", "/push-subscriptions/{push}", None, ("push",)),
    Sample("GET", "/workspaces/{workspace}", None, ("workspace",)),
    Sample("PATCH", "/workspaces/{workspace}", {"name": "Brightwater"}, ("workspace",)),
    Sample("GET", "/workspaces/{workspace}/members", None, ("workspace",)),
    Sample("POST", "/workspaces/{workspace}/members", {"email": "x@y.example", "role": "member"}, ("workspace",)),
    Sample("PATCH", "/workspaces/{workspace}/members/{member}", {"role": "admin"}, ("workspace", "member")),
    Sample("DELETE", "/workspaces/{workspace}/members/{member}", None, ("workspace", "member")),
    Sample("GET", "/workspaces/{workspace}/lines", None, ("workspace",)),
    Sample("PUT", "/workspaces/{workspace}/lines", {"items": ["Welcome"]}, ("workspace",)),
    Sample("GET", "/workspaces/{workspace}/contacts?q=dana", None, ("workspace",)),
    Sample("GET", "/workspaces/{workspace}/outside", None, ("workspace",)),
    Sample("DELETE", "/workspaces/{workspace}/outside/{guest}", None, ("workspace", "guest")),
    Sample("GET", "/workspaces/{workspace}/audit", None, ("workspace",)),
    Sample("POST", "/chats", {"workspace_id": "{workspace}", "invitees": INVITEES}),
    Sample("POST", "/address-lists", takes_file=True),
    Sample("GET", "/chats"),
    Sample("GET", "/chats/{chat}", None, ("chat",)),
    Sample("PATCH", "/chats/{chat}", {"name": "Harbour"}, ("chat",)),
    Sample("POST", "/chats/{chat}/invitations", {"invitees": INVITEES}, ("chat",)),
    Sample("GET", "/chats/{chat}/invitations", None, ("chat",)),
    Sample("POST", "/chats/{chat}/invitations/{invitation}/resend", None, ("chat", "invitation")),
    Sample("PATCH", "/chats/{chat}/invitations/{invitation}", {"email": "x@y.example"}, ("chat", "invitation")),
    Sample("GET", "/chats/{chat}/invitations/{invitation}/link", None, ("chat", "invitation")),
    Sample("DELETE", "/chats/{chat}/invitations/{invitation}", None, ("chat", "invitation")),
    Sample("GET", "/chats/{chat}/preview", None, ("chat",)),
    Sample("POST", "/chats/{chat}/take-over", None, ("chat",)),
    Sample("POST", "/chats/{chat}/close", None, ("chat",)),
    Sample("GET", "/chats/{chat}/messages", None, ("chat",)),
    Sample("GET", "/chats/{chat}/search?q=glad", None, ("chat",)),
    Sample("GET", "/search?q=glad"),
    Sample("GET", "/chats/{chat}/files", None, ("chat",)),
    Sample("POST", "/chats/{chat}/messages", {"text": "Hello"}, ("chat",)),
    Sample("PATCH", "/chats/{chat}/messages/{post}", {"text": "Hello there"}, ("chat", "post")),
    Sample("GET", "/chats/{chat}/messages/{post}/deliveries", None, ("chat", "post")),
    Sample("GET", "/chats/{chat}/messages/{mailed}/mail", None, ("chat", "mailed")),
    Sample("PUT", "/chats/{chat}/messages/{post}/reactions/%F0%9F%91%8D", None, ("chat", "post")),
    Sample("DELETE", "/chats/{chat}/messages/{post}/reactions/%F0%9F%91%8D", None, ("chat", "post")),
    Sample("DELETE", "/chats/{chat}/messages/{post}", None, ("chat", "post")),
    Sample("PUT", "/chats/{chat}/read", {"seq": 1}, ("chat",)),
    Sample("DELETE", "/chats/{chat}/participants/{guest}", None, ("chat", "guest")),
    Sample("PATCH", "/chats/{chat}/participants/{guest}", {"ends_at": "2027-03-01T12:00:00Z"}, ("chat", "guest")),
    Sample("POST", "/chats/{chat}/invitations/{invitation}/asks/{ask}", {"decision": "allow"}, ("chat", "ask")),
    Sample("POST", "/chats/{chat}/calls", None, ("chat",)),
    Sample("GET", "/calls/{call}", None, ("call",)),
    Sample("DELETE", "/calls/{call}", None, ("call",)),
    Sample("POST", "/chats/{chat}/files", {"name": "plan.pdf", "size": 9, "type": "application/pdf"}, ("chat",)),
    Sample("GET", "/files/{file}", None, ("file",)),
    Sample("PUT", "/me/meeting-link", {"url": "https://meet.example.org/mara"}),
    Sample("PUT", "/chats/{chat}/hidden", None, ("chat",)),
    Sample("DELETE", "/chats/{chat}/hidden", None, ("chat",)),
    Sample("PUT", "/chats/{chat}/notifications", {"level": "none"}, ("chat",)),
    Sample("POST", "/socket-tickets"),
    Sample("DELETE", "/sessions/current"),
    Sample("GET", "/join/{token}", None, ("token",), True),
    Sample("POST", "/join/{token}", {"confirm_mismatch": False}, ("token",)),
    Sample("POST", "/join/{token}/account", {"name": "Olaf", "password": PASSWORD}, ("token",), True),
    Sample("POST", "/join/{token}/mail", {"name": "Olaf"}, ("token",), True),
    Sample("POST", "/join/{token}/decline", {"reason": "busy"}, ("token",), True),
    Sample("POST", "/join/{token}/code", None, ("token",), True),
    Sample("POST", "/join/{token}/code/confirm", {"code": "123456"}, ("token",), True),
    Sample("POST", "/join/{token}/ask", None, ("token",), True),
    Sample("POST", "/join/{token}/hand-over", {"email": "jonas@fjord.example", "note": "He runs it"}, ("token",), True),
    Sample("GET", "/receipts/{receipt}", None, (), True),
    Sample("POST", "/receipts/check", SOME_RECEIPT, (), True),
    Sample("GET", "/health", None, (), True),
    Sample("GET", "/openapi.json", None, (), True),
]
WITH_BODY = [sample for sample in ROUTES if sample.body]
SIGNED_IN = [sample for sample in ROUTES if not sample.open_to_all]
