"""Every change that rests on a cookie proves where it comes from; whoever shows a token has proved enough. A18."""

from typing import Any

import pytest

from chalicelib.domain import links
from tests.support.app import PASSWORD, PUBLIC_URL, World
from tests.support.form_browser import FORM, Browser, cookies_of
from tests.support.routes import SIGNED_IN, Sample
from tests.support.sample_chat import INVITED, OWNER, Scene

pytestmark = pytest.mark.requirement("A18")
UNSAFE = [sample for sample in SIGNED_IN if sample.method != "GET"]
OURS: list[dict[str, str]] = [
    {"Origin": PUBLIC_URL},
    {"Origin": PUBLIC_URL, "Sec-Fetch-Site": "same-origin"},
    {"Sec-Fetch-Site": "same-origin"},
    {"Origin": "null", "Sec-Fetch-Site": "same-origin"},
]
FOREIGN: list[dict[str, str]] = [
    {},
    {"Origin": "null"},
    {"Origin": "https://evil.example"},
    {"Origin": "https://chat.test"},
    {"Origin": "http://chat.test:8080"},
    {"Origin": "http://chat.test.evil.example"},
    {"Origin": "http://evil.example", "Sec-Fetch-Site": "same-origin"},
    {"Sec-Fetch-Site": "cross-site"},
    {"Sec-Fetch-Site": "same-site"},
    {"Sec-Fetch-Site": "none"},
    {"Origin": "null", "Sec-Fetch-Site": "cross-site"},
    {"Referer": PUBLIC_URL + "/chats"},
    {"X-Forwarded-Host": "chat.test", "Origin": "http://evil.example", "Host": "evil.example"},
]


@pytest.mark.parametrize("sample", UNSAFE, ids=lambda item: item.name)
def test_no_route_takes_a_cookie_from_another_site(shared_scene: Scene, sample: Sample) -> None:
    before = shared_scene.world.snapshot()
    for origin in FOREIGN:
        answer = _with_cookie(shared_scene, sample, origin)
        assert (answer.status, answer.code) == (403, "wrong_origin"), origin
    assert shared_scene.world.snapshot() == before


@pytest.mark.parametrize("origin", OURS, ids=str)
def test_the_cookie_counts_from_our_own_pages(scene: Scene, origin: dict[str, str]) -> None:
    post = Sample("POST", "/chats/{chat}/messages", {"text": "Hello"})
    assert _with_cookie(scene, post, origin).status == 201


def test_a_token_needs_no_origin_and_beats_the_cookie(scene: Scene) -> None:
    headers = {"Origin": "https://evil.example", "Cookie": f"session={scene.stranger.token}"}
    answer = scene.owner.post(f"{scene.base}/messages", {"text": "Hello"}, **headers)
    assert answer.json["author"]["account_id"] == scene.owner.id


def test_another_scheme_does_not_turn_the_check_off(shared_scene: Scene) -> None:
    headers = {
        "Authorization": "Basic x",
        "Cookie": f"session={shared_scene.owner.token}",
        "Origin": "https://evil.example",
    }
    assert shared_scene.world.call("POST", "/chats", {}, **headers).code == "wrong_origin"


@pytest.mark.parametrize("origin", FOREIGN, ids=str)
def test_at_the_joining_page_a_cookie_from_elsewhere_speaks_for_nobody(
    shared_scene: Scene, origin: dict[str, str]
) -> None:
    headers = {"Cookie": f"session={shared_scene.owner.token}"} | origin
    assert shared_scene.world.call("POST", f"/join/{shared_scene.link}", {}, **headers).code == "wrong_origin"
    assert shared_scene.world.call("POST", f"/join/{shared_scene.link}/ask", {}, **headers).code == "not_signed_in"


@pytest.mark.parametrize(
    "origin", [item for item in FOREIGN if item.get("Origin") or item.get("Sec-Fetch-Site")], ids=str
)
@pytest.mark.parametrize(
    "path", ["/sign-in", "/sign-up", "/sign-out", "/password-reset", "/chats/new", "/settings/account"]
)
def test_no_form_is_taken_from_another_site(shared_scene: Scene, path: str, origin: dict[str, str]) -> None:
    """Signing in too: nobody is signed into somebody else's account by a page elsewhere."""
    before = shared_scene.world.snapshot()
    body = f"email={OWNER}&password={PASSWORD}".encode()
    answer = shared_scene.world.request("POST", path, body, {"Content-Type": FORM} | origin)
    assert answer.status == 403
    assert not cookies_of(answer)
    assert shared_scene.world.snapshot() == before


def test_the_cookie_is_named_for_its_host_and_secure_where_the_site_is(world: World) -> None:
    world.signs_up(OWNER)
    world.use(public_url="https://chat.example.com")
    answer = world.call("POST", "/sessions", {"email": OWNER, "password": PASSWORD})
    (cookie,) = cookies_of(answer)
    assert cookie.startswith("__Host-session=")
    assert "; Path=/; " in cookie
    assert cookie.endswith("; HttpOnly; SameSite=Lax; Secure")
    assert "Domain" not in cookie


def test_a_form_post_with_the_origin_hidden_works_from_the_page_itself(scene: Scene) -> None:
    browser = Browser(scene.world)
    page = browser.open("/sign-in")
    fields = page.form("/sign-in").filled("Sign in", {"email": OWNER, "password": PASSWORD})
    after = browser.post("/sign-in", fields, Origin="null", Sec_Fetch_Site="same-origin")
    assert (after.path, after.status) == ("/chats", 200)


def _with_cookie(scene: Scene, sample: Sample, headers: dict[str, str]) -> Any:
    cookie = {"Cookie": f"session={scene.owner.token}"}
    return scene.world.call(sample.method, sample.path_in(scene), sample.body_in(scene), **(cookie | headers))


@pytest.mark.requirement("A11")
@pytest.mark.parametrize("origin", FOREIGN, ids=str)
@pytest.mark.parametrize("cookie", [False, True])
def test_one_click_rests_on_its_token_alone(scene: Scene, origin: dict[str, str], cookie: bool) -> None:
    """Mail programs in a browser send a foreign Origin or `null`; the token is the right, and a second time changes nothing."""
    sent = {"Content-Type": FORM} | origin | ({"Cookie": f"session={scene.stranger.token}"} if cookie else {})
    unsubscribe = scene.world.last_mail(INVITED).message["List-Unsubscribe"].strip("<>").removeprefix(PUBLIC_URL)
    stop = links.sign_text(scene.world.ports.link_keys[0], links.Purpose.STOP_MISSED, scene.owner.id)
    for path in (unsubscribe, f"/stop/{stop}"):
        answers = [scene.world.request("POST", path, b"List-Unsubscribe=One-Click", sent) for _ in range(2)]
        assert [answer.status for answer in answers] == [200, 200], path
        assert cookies_of(answers[0]) == []
        assert scene.world.request("POST", path[:-2] + "xx", b"List-Unsubscribe=One-Click", sent).status == 404
    owner = scene.world.ports.accounts.get(scene.owner.id)
    assert owner is not None
    assert owner.missed_mail is False
    refused = scene.owner.post("/chats", {"workspace_id": scene.workspace, "invitees": [{"email": INVITED}]})
    assert refused.json["errors"][0]["code"] == "not_reachable"
