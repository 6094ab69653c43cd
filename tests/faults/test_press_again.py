"""Whose request was disconnected presses the button again: whatever call to AWS broke, it ends whole, for them and
nobody else."""

from collections.abc import Callable
from dataclasses import dataclass

import pytest
from botocore.awsrequest import AWSPreparedRequest, AWSResponse

from tests.support.app import PASSWORD, Answer
from tests.support.aws_calls import Fault, lost, throttled, watched
from tests.support.form_browser import Browser, Page, Pairs
from tests.support.sample_chat import INVITED, OWNER, Scene
from tests.support.scripted_providers import state_in, with_providers
from tests.support.steps import code_in_mail

pytestmark = [pytest.mark.faults, pytest.mark.slow, pytest.mark.requirement("A05", "A06", "A36")]
PRESSES = 4


class Killed(BaseException):
    """The process is gone, at this call or just after it."""


def killed_before(event_name: str, request: AWSPreparedRequest) -> AWSResponse | None:
    raise Killed


def killed_after(event_name: str, request: AWSPreparedRequest) -> AWSResponse | None:
    try:
        return lost(event_name, request)
    except Exception as reason:
        raise Killed from reason


FAULTS: dict[str, tuple[Fault, int]] = {
    "reply lost": (lost, 1),
    "throttled twice": (throttled, 2),
    "throttled ten times": (throttled, 10),
    "killed before": (killed_before, 1),
    "killed after": (killed_after, 1),
}


@dataclass(frozen=True)
class Story:
    """`press` is one try; `is_whole` says whether it ended well. `calls` is how many calls it takes, at most."""

    name: str
    press: Callable[[Scene, Browser], bool]
    is_whole: Callable[[Scene, Browser], None]
    calls: int
    before: Callable[[Scene], None] = lambda scene: None


def joins_by_api(scene: Scene, browser: Browser) -> bool:
    answer = scene.world.call("POST", f"/join/{scene.link}/account", {"name": "Olaf", "password": PASSWORD})
    assert answer.status in (201, 503), answer.text
    return answer.status == 201


def joins_by_form(scene: Scene, browser: Browser) -> bool:
    page = browser.post(f"/join/{scene.link}/account", [("name", "Olaf"), ("password", PASSWORD)])
    return arrived(page, f"/chats/{scene.chat}")


def arrived(page: Page, path: str) -> bool:
    assert page.status in (200, 503), (page.path, page.status, page.html[:300])
    return page.status == 200 and page.path.startswith(path)


def olaf_is_in(scene: Scene, browser: Browser) -> None:
    people = [participant["name"] for participant in scene.owner.get(scene.base).json["participants"]]
    assert people.count("Olaf") == 1
    assert scene.world.signs_in(INVITED).get(scene.base).status == 200


NEW_PASSWORD = "wharf lantern 19 moss"
NEWCOMER, COLLEAGUE = "ida@fjord.example", "per@brightwater.example"


def link(scene: Scene, email: str, path: str) -> str:
    return scene.world.last_mail(email).link(path)


def opens_link(email: str, path: str, **typed: str) -> Callable[[Scene, Browser], bool]:
    """Opens the link in the mail and presses its button, until it is signed in."""

    def press(scene: Scene, browser: Browser) -> bool:
        if "session" not in browser.cookies:
            page = browser.open(link(scene, email, path))
            if page.status == 200:
                page = browser.post(link(scene, email, path), list(typed.items()))
            assert page.status in (200, 503), (page.status, page.html[:300])
        return "session" in browser.cookies and browser.open("/chats").status == 200

    return press


def asks_to_sign_up(scene: Scene) -> None:
    body = {"email": NEWCOMER, "name": "Ida", "password": PASSWORD, "workspace": "Fjord"}
    assert scene.world.call("POST", "/accounts", body).status == 202
    scene.world.settle()


def asks(path: str) -> Callable[[Scene], None]:
    def ask(scene: Scene) -> None:
        assert scene.world.call("POST", path, {"email": OWNER}).status == 202
        scene.world.settle()

    return ask


def is_asked_as_member(scene: Scene) -> None:
    body = {"email": COLLEAGUE, "role": "member"}
    assert scene.owner.post(f"/workspaces/{scene.workspace}/members", body).status == 202
    scene.world.settle()


def is_signed_in(email: str, password: str, path: str) -> Callable[[Scene, Browser], None]:
    """With the password that was typed; in a workspace; and the link is used for everybody, this browser too."""

    def check(scene: Scene, browser: Browser) -> None:
        person = scene.world.signs_in(email, password)
        assert len(person.get("/me").json["workspaces"]) == 1
        for other in (browser, Browser(scene.world)):
            assert other.post(link(scene, email, path), [("password", password), ("name", "Eve")]).status == 410

    return check


def asks_code(scene: Scene) -> None:
    assert scene.world.call("POST", f"/join/{scene.link}/code").status == 202
    scene.world.settle()


def confirms_code(scene: Scene, browser: Browser) -> bool:
    body = {"code": code_in_mail(scene.world, INVITED)}
    answer = scene.stranger.post(f"/join/{scene.link}/code/confirm", body)
    assert answer.status in (200, 503), answer.text
    return answer.status == 200


def confirms_code_by_form(scene: Scene, browser: Browser) -> bool:
    page = browser.post(f"/join/{scene.link}/code/confirm", [("code", code_in_mail(scene.world, INVITED))])
    return arrived(page, f"/join/{scene.link}") and "proof" in browser.cookies


def is_proved(scene: Scene, browser: Browser) -> None:
    assert scene.stranger.post(f"/join/{scene.link}").status == 200


def may_make_account(scene: Scene, browser: Browser) -> None:
    """The code is used for everybody else; in this browser, the address is proved."""
    body = {"code": code_in_mail(scene.world, INVITED)}
    assert scene.stranger.post(f"/join/{scene.link}/code/confirm", body).status == 410
    assert "proof" in browser.cookies


def asks_mailbox_code(scene: Scene) -> None:
    Browser(scene.world).post("/invitations", [("email", INVITED)])
    scene.world.settle()


def enters_mailbox(scene: Scene, browser: Browser) -> bool:
    code = code_in_mail(scene.world, INVITED)
    page = browser.post("/invitations/code", [("email", INVITED), ("code", code)])
    assert page.status in (200, 503), (page.status, page.html[:300])
    return "mailbox" in browser.cookies


def sees_invitation(scene: Scene, browser: Browser) -> None:
    assert f"/join/{scene.link}" in browser.open("/invitations").html


def joins_through(provider: str) -> Callable[[Scene, Browser], bool]:
    """From the button on the invitation's page, through the provider, to the button that joins."""

    def press(scene: Scene, browser: Browser) -> bool:
        browser.cookies.pop("session", None)
        oauth = with_providers(scene).browser()
        oauth.browser = browser
        started = oauth.get(f"/oauth/{provider}/start?join={scene.link}")
        assert started.status in (303, 503), started.text
        if started.status == 503:
            return False
        returned = oauth.get(f"/oauth/{provider}/callback?state={state_in(started)}&code=c")
        if returned.status == 503:
            return False
        page = browser.open(returned.headers["location"])
        if page.path == f"/join/{scene.link}" and "session" in browser.cookies:
            page = browser.post(page.path, [])
        return arrived(page, f"/chats/{scene.chat}")

    return press


def olaf_nord_is_in(scene: Scene, browser: Browser) -> None:
    people = [participant["name"] for participant in scene.owner.get(scene.base).json["participants"]]
    assert people.count("Olaf Nord") == 1
    assert len([item for item in scene.world.stored("account") if item["name"] == {"S": "Olaf Nord"}]) == 1


STORIES = [
    Story(
        "confirm a sign-up",
        opens_link(NEWCOMER, "confirm"),
        is_signed_in(NEWCOMER, PASSWORD, "confirm"),
        8,
        asks_to_sign_up,
    ),
    Story(
        "sign in by link", opens_link(OWNER, "enter"), is_signed_in(OWNER, PASSWORD, "enter"), 8, asks("/sign-in-links")
    ),
    Story(
        "a new password",
        opens_link(OWNER, "reset", password=NEW_PASSWORD),
        is_signed_in(OWNER, NEW_PASSWORD, "reset"),
        8,
        asks("/password-resets"),
    ),
    Story(
        "become a member",
        opens_link(COLLEAGUE, "welcome", name="Per", password=PASSWORD),
        is_signed_in(COLLEAGUE, PASSWORD, "welcome"),
        8,
        is_asked_as_member,
    ),
    Story("join with a new account, API", joins_by_api, olaf_is_in, 9),
    Story("join with a new account, form", joins_by_form, olaf_is_in, 12),
    Story("join through Slack", joins_through("slack"), olaf_nord_is_in, 28),
    Story("confirm a code, API", confirms_code, is_proved, 9, asks_code),
    Story("confirm a code, form", confirms_code_by_form, may_make_account, 9, asks_code),
    Story("open a mailbox by code", enters_mailbox, sees_invitation, 9, asks_mailbox_code),
]
CASES = [(story, at, fault) for story in STORIES for at in range(1, story.calls + 1) for fault in FAULTS]


@pytest.mark.parametrize(("story", "at", "fault"), CASES, ids=lambda item: getattr(item, "name", str(item)))
def test_pressed_again_it_ends_whole(scene: Scene, story: Story, at: int, fault: str) -> None:
    story.before(scene)
    browser = Browser(scene.world)
    breaks, times = FAULTS[fault]
    done = False
    with watched() as calls:
        for number in range(at, at + times):
            calls.at[number] = breaks
        for _ in range(PRESSES):
            try:
                done = done or story.press(scene, browser)
            except Killed:
                scene.world.pass_time(seconds=5)
    assert done
    scene.world.settle_with_faults()
    story.is_whole(scene, browser)


@dataclass(frozen=True)
class FormStory:
    """A form of a page, filled in once and posted until it has gone through; then it was done once."""

    name: str
    fill: Callable[[Scene, Browser], tuple[str, Pairs]]
    is_once: Callable[[Scene], bool]
    calls: int


def writes(scene: Scene, browser: Browser) -> tuple[str, Pairs]:
    form = browser.open(scene.base).form("/messages")
    return form.action, form.filled("Send", {"text": "Once."})


def creates(scene: Scene, browser: Browser) -> tuple[str, Pairs]:
    page = browser.send(browser.open("/chats/new").form("/chats/new"), "Invite", address=NEWCOMER)
    form = page.form("/chats/new")
    return form.action, form.filled("Create", {})


def invites(scene: Scene, browser: Browser) -> tuple[str, Pairs]:
    form = browser.open(f"{scene.base}?people=1").form("/invite")
    return form.action, form.filled("Invite", {"address": NEWCOMER})


def is_one_chat(scene: Scene) -> bool:
    return len(scene.owner.get("/chats").json["items"]) == 2 and len(scene.world.mails(NEWCOMER)) == 1


FORMS = [
    FormStory("write", writes, lambda scene: scene.lines(scene.owner).count("Once.") == 1, 9),
    FormStory("create a chat", creates, is_one_chat, 13),
    FormStory("invite", invites, lambda scene: len(scene.world.mails(NEWCOMER)) == 1, 13),
]


@pytest.mark.parametrize(
    ("story", "at", "fault"),
    [
        (story, at, fault)
        for story in FORMS
        for at in range(1, story.calls + 1)
        for fault in ("reply lost", "killed after")
    ],
    ids=lambda item: getattr(item, "name", str(item)),
)
def test_a_form_that_is_posted_again_does_its_work_once(scene: Scene, story: FormStory, at: int, fault: str) -> None:
    browser = Browser(scene.world)
    browser.signs_in(OWNER, PASSWORD)
    path, pairs = story.fill(scene, browser)
    breaks, times = FAULTS[fault]
    page = None
    with watched() as calls:
        for number in range(at, at + times):
            calls.at[number] = breaks
        for _ in range(PRESSES):
            try:
                page = page if page and page.status == 200 else browser.post(path, pairs)
                assert page.status in (200, 503), page.html
            except Killed:
                scene.world.pass_time(seconds=5)
    assert page
    assert page.status == 200
    assert "refused" not in page.path
    scene.world.settle_with_faults()
    assert story.is_once(scene)


def test_the_same_words_from_a_new_page_are_another_message(scene: Scene) -> None:
    browser = Browser(scene.world)
    browser.signs_in(OWNER, PASSWORD)
    for _ in range(2):
        assert browser.post(*writes(scene, browser)).status == 200
    assert scene.lines(scene.owner).count("Once.") == 2


def _cut_off(scene: Scene) -> None:
    """Olaf's account is made, and the invitation isn't taken."""
    with watched() as calls:
        made = [0]

        def fault(event_name: str, request: AWSPreparedRequest) -> AWSResponse | None:
            if event_name.endswith("TransactWriteItems"):
                made[0] += 1
                if made[0] == 2:
                    raise Killed
            return None

        calls.each = fault
        with pytest.raises(Killed):
            joins_by_api(scene, Browser(scene.world))


def _tries(scene: Scene, password: str) -> Answer:
    return scene.world.call("POST", f"/join/{scene.link}/account", {"name": "Eve", "password": password})


@pytest.mark.requirement("A13")
def test_nobody_else_goes_on_with_the_account_of_a_try_that_was_cut_off(scene: Scene) -> None:
    _cut_off(scene)
    answer = _tries(scene, "another kettle orbit 43")
    assert (answer.status, answer.code) == (409, "account_exists")
    assert _tries(scene, PASSWORD).status == 201
    assert [participant["name"] for participant in scene.owner.get(scene.base).json["participants"]].count("Olaf") == 1


@pytest.mark.requirement("A13", "A14")
def test_guesses_on_the_joining_page_count_as_tries_to_sign_in(scene: Scene) -> None:
    _cut_off(scene)
    answers = {_tries(scene, f"another kettle orbit {number}").code for number in range(12)}
    assert answers == {"account_exists", "too_many_sign_ins"}


@pytest.mark.requirement("A13")
def test_a_used_link_signs_in_nobody_who_does_not_know_the_password(scene: Scene) -> None:
    assert joins_by_api(scene, Browser(scene.world))
    answer = _tries(scene, "another kettle orbit 43")
    assert (answer.status, answer.code) == (410, "invitation_accepted")


@pytest.mark.requirement("A13")
def test_an_account_that_was_there_before_is_joined_by_signing_in_alone(scene: Scene) -> None:
    """Even with its right password: this form makes accounts."""
    scene.world.signs_up(INVITED, "Olaf Nord")
    answer = _tries(scene, PASSWORD)
    assert (answer.status, answer.code) == (409, "account_exists")


@pytest.mark.requirement("A13")
@pytest.mark.parametrize(
    ("path", "story"), [("enter", STORIES[1]), ("reset", STORIES[2])], ids=["sign in by link", "a new password"]
)
def test_a_press_that_was_cut_off_is_repeated_by_its_own_browser_alone(scene: Scene, path: str, story: Story) -> None:
    """What was used stays used for everybody else, whatever they type."""
    story.before(scene)
    mine, other = Browser(scene.world), Browser(scene.world)
    assert mine.open(link(scene, OWNER, path)).status == 200
    assert other.open(link(scene, OWNER, path)).status == 200
    with watched() as calls:
        calls.each = lambda event_name, request: (
            killed_after(event_name, request) if event_name.endswith("TransactWriteItems") else None
        )
        with pytest.raises(Killed):
            mine.post(link(scene, OWNER, path), [("password", NEW_PASSWORD)])
    assert other.post(link(scene, OWNER, path), [("password", NEW_PASSWORD)]).status == 410
    if path == "reset":
        assert mine.post(link(scene, OWNER, path), [("password", "quite another 7 moss")]).status == 410
        assert "session" not in mine.cookies
    assert mine.post(link(scene, OWNER, path), [("password", NEW_PASSWORD)]).path == "/chats"
    assert "link" not in mine.cookies
