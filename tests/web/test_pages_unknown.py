"""An address that is nobody's leads a person on, and tells a program in the API's own form. Behind the gateway of one machine."""

import pytest
from chalice.app import Chalice

from local.gateway import Gateway
from local.http import Answer, Refused, Request
from tests.support.app import PASSWORD, World
from tests.support.form_browser import Browser, visible
from tests.support.sample_chat import OWNER, Scene


def asks(world: World, path: str, accept: str = "text/html,*/*;q=0.8", method: str = "GET") -> Answer:
    app = world.client.http._app
    assert isinstance(app, Chalice)
    request = Request(method, path, [("accept", accept)], b"", "127.0.0.1")
    try:
        return Gateway(app).answer(request)
    except Refused as refusal:
        return refusal.answer()


def header(answer: Answer, name: str) -> str:
    return next(value for each, value in answer.headers if each.lower() == name)


@pytest.mark.parametrize("path", ["/nothing", "/helps", "/a/b/c/d/e/f/g", "/chats/a/b/c/d", "/%zz%ff%00", "/a?b=c"])
def test_an_unknown_address_is_a_page_that_leads_on(world: World, path: str) -> None:
    answer = asks(world, path)
    assert (answer.status, header(answer, "content-type")) == (404, "text/html; charset=utf-8")
    assert 'href="/sign-in"' in answer.body.decode()
    assert header(answer, "content-security-policy")


@pytest.mark.parametrize("path", ["/join", "/join/", "/unsubscribe/", "/reset", "/confirm/", "/enter", "/welcome"])
def test_a_link_without_its_end_says_that_it_is_incomplete(world: World, path: str) -> None:
    answer = asks(world, path)
    assert answer.status == 404
    assert "The link is incomplete" in visible(answer.body.decode())


@pytest.mark.parametrize(("path", "meant"), [("/login", "/sign-in"), ("/signin/", "/sign-in"), ("/signup", "/sign-up")])
def test_what_people_type_leads_where_they_mean(world: World, path: str, meant: str) -> None:
    answer = asks(world, path)
    assert (answer.status, header(answer, "location")) == (303, meant)


def test_what_browsers_and_robots_ask_for_is_there(world: World) -> None:
    icon = asks(world, "/favicon.ico", "image/*")
    assert icon.status == 303
    assert header(asks(world, header(icon, "location"), "image/webp,*/*;q=0.8"), "content-type") == "image/png"
    robots = asks(world, "/robots.txt", "*/*")
    assert (robots.status, header(robots, "content-type")) == (200, "text/plain; charset=utf-8")
    assert b"Disallow: /\n" in robots.body


@pytest.mark.parametrize(
    ("path", "accept"), [("/api/v1/nothing", "text/html"), ("/api/nothing", "*/*"), ("/nothing", "application/json")]
)
def test_a_program_gets_the_api_s_own_refusal(world: World, path: str, accept: str) -> None:
    answer = asks(world, path, accept)
    assert (answer.status, header(answer, "content-type")) == (404, "application/problem+json")


@pytest.mark.parametrize(
    ("path", "allow"), [("/api/v1/health", "GET, HEAD"), ("/api/v1/chats", "GET, HEAD, POST"), ("/chats", "GET, HEAD")]
)
def test_a_method_that_an_address_does_not_take_is_refused_with_those_it_takes(
    world: World, path: str, allow: str
) -> None:
    for method in ("TRACE", "BREW", "DELETE"):
        answer = asks(world, path, method=method)
        assert (answer.status, header(answer, "allow")) == (405, allow)


def test_who_has_no_slack_account_is_led_to_link_it(scene: Scene) -> None:
    """It said "Something went wrong", and led to the chats."""
    browser = Browser(scene.world)
    browser.signs_in(OWNER, PASSWORD)
    page = browser.open("/slack/invite")
    assert (page.status, "Something went wrong" in page.html) == (409, False)
    assert f'href="/oauth/slack/start?link=1&amp;account={scene.owner.id}">' in page.html
    assert "Link Slack" in visible(page.html)


def test_who_is_signed_out_is_led_to_the_home_page_too(scene: Scene) -> None:
    html = asks(scene.world, "/nothing").body.decode()
    assert ('href="/sign-in"' in html, 'href="/">Go to the home page' in html) == (True, True)
