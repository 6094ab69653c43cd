"""What the tests of handing over do: name another address by the link, answer as the inviter, and see what is shown."""

from typing import Any

from tests.support.app import Answer, Person
from tests.support.sample_chat import Scene

RIGHT = "jonas@fjord.example"
COLLEAGUE = "jonas@nord.example"
Json = dict[str, Any]


def names(
    scene: Scene, email: str = RIGHT, token: str = "", headers: dict[str, str] | None = None, **more: Any
) -> Answer:
    body = {"email": email, **more}
    answer = scene.world.call("POST", f"/join/{token or scene.link}/hand-over", body, **(headers or {}))
    scene.world.settle()
    return answer


def shown(scene: Scene) -> Json:
    """The invitation, whoever has it now."""
    items = scene.owner.get(f"{scene.base}/invitations").json["items"]
    return next(item for item in items if item["id"] == scene.invitation)


def asks(scene: Scene) -> list[Json]:
    return [ask for ask in shown(scene)["asks"] if ask["kind"] == "hand_over"]


def decides(scene: Scene, ask: str, decision: str = "allow", by: Person | None = None) -> Answer:
    path = f"{scene.base}/invitations/{scene.invitation}/asks/{ask}"
    answer = (by or scene.owner).post(path, {"decision": decision})
    scene.world.settle()
    return answer


def allowed(scene: Scene, email: str = RIGHT, token: str = "") -> Answer:
    assert names(scene, email, token).status == 202
    return decides(scene, next(ask["id"] for ask in asks(scene) if ask["email"] == email))


def policy(scene: Scene, value: str) -> None:
    assert scene.owner.patch(f"/workspaces/{scene.workspace}", {"hand_over": value}).status == 200


def mails_left(scene: Scene) -> int:
    answer = scene.owner.post(
        "/chats?check=true", {"workspace_id": scene.workspace, "invitees": [{"email": "q@q.example"}]}
    )
    return int(answer.json["mails_left"])
