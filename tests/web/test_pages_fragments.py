"""What an open chat fetches when something changes beside its messages: the parts that changed, as the whole page has them."""

import re

import pytest

from tests.support.app import PASSWORD
from tests.support.aws_calls import watched
from tests.support.form_browser import Browser
from tests.support.sample_chat import GUEST, OWNER, STRANGER, Scene

ALL = "people=all&chats=all&deliveries=all"
# By the id of a part: what may stand behind it in the fragments.
PARTS = {
    "readers": r"</p>\s*<div id=",
    "titles": r"</div>\s*<p id=",
    "people-button": r"</p>\s*<div id=",
    "people-sections": r"</div>\s*<div id=",
    "roster": r"</ul>\s*<p id=",
    "side-inbox": r"</p>\s*<ul id=",
    "side-chats": r"</ul>\s*<ol id=",
}


@pytest.fixture
def mara(scene: Scene) -> Browser:
    browser = Browser(scene.world)
    browser.signs_in(OWNER, PASSWORD)
    return browser


@pytest.mark.parametrize("who", [OWNER, GUEST])
def test_the_parts_are_those_of_the_whole_page(scene: Scene, who: str) -> None:
    browser = Browser(scene.world)
    browser.signs_in(who, PASSWORD)
    whole, fragments = (_html(browser, f"{scene.base}{more}") for more in ("", f"/fragments?{ALL}"))
    for name, end in PARTS.items():
        part = re.search(rf'id="{name}">(.*?){end}', fragments, re.DOTALL)
        assert part, name
        assert part[1].strip(), name
        assert part[1].strip() in whole, name
    assert f'data-account="{_account(whole)}"' in fragments


def test_of_the_rows_only_those_that_changed_are_whole(scene: Scene, mara: Browser) -> None:
    complete = _html(mara, f"{scene.base}/fragments?people=all&chats=all")
    changed = _html(mara, f"{scene.base}/fragments?people={scene.invitation}&chats={'a' * 16}")
    assert _rows(changed) == _rows(complete)
    whole = [row for row in _rows(changed) if f'<li id="{row}" data-kept></li>' not in changed]
    assert whole == [f"i-{scene.invitation}"]
    assert _row(changed, whole[0]) == _row(complete, whole[0])
    assert "data-kept" not in complete


def test_an_event_costs_a_fraction_of_the_page(scene: Scene, mara: Browser) -> None:
    """M32: with thirty people invited, each bounce, delivery and read mark fetched the whole page anew."""
    invited = scene.owner.post(
        f"{scene.base}/invitations", {"invitees": [{"email": f"j{number}@join.example"} for number in range(30)]}
    ).json["invitations"]
    scene.world.settle()
    page = len(_html(mara, scene.base))
    costs = {
        name: len(_html(mara, f"{scene.base}/fragments?{query}"))
        for name, query in {
            "an invitation": f"people={invited[3]['id']}&chats={scene.chat}",
            "a delivery": "deliveries=2",
            "read elsewhere": f"chats={scene.chat}",
        }.items()
    }
    assert page > 100_000
    assert costs["an invitation"] < page / 12, costs
    assert costs["a delivery"] < page / 50, costs
    assert costs["read elsewhere"] < page / 50, costs


def test_only_what_is_asked_for_is_read(scene: Scene, mara: Browser) -> None:
    calls = {}
    for query in ("", "chats=all", "deliveries=all", "people=all"):
        with watched() as seen:
            mara.open(f"{scene.base}/fragments?{query}")
        calls[query] = len(seen.made)
    with watched() as seen:
        mara.open(scene.base)
    assert calls == {"": 2, "chats=all": 4, "deliveries=all": 7, "people=all": 7}
    assert len(seen.made) > calls["people=all"]


def test_a_mention_of_a_message_further_up_tells_how_it_fares(scene: Scene, mara: Browser) -> None:
    for number in range(60):
        scene.owner.post(f"{scene.base}/messages", {"text": f"number {number}"})
    listed = _html(mara, f"{scene.base}/fragments?deliveries={scene.post['seq']}")
    assert re.findall(r'<li data-seq="(\d+)"', listed) == [str(scene.post["seq"])]


@pytest.mark.parametrize(
    "query", ["people=", "people=%00", "deliveries=²,-1,99999999999", "chats=<li>", "people=all&people=x"]
)
def test_names_that_nothing_has_do_no_harm(scene: Scene, mara: Browser, query: str) -> None:
    answer = mara.open(f"{scene.base}/fragments?{query}")
    assert answer.status == 200
    assert "<li>" not in answer.html.replace("<li data-seq", "")


def test_who_is_not_in_the_chat_gets_nothing_of_it(scene: Scene) -> None:
    stranger = Browser(scene.world)
    stranger.signs_in(STRANGER, PASSWORD)
    for chat in (scene.chat, "a" * 16):
        assert stranger.open(f"/chats/{chat}/fragments?{ALL}").status == 404
    assert Browser(scene.world).open(f"{scene.base}/fragments?{ALL}").path.startswith("/sign-in")


def test_a_guest_s_parts_have_no_invitation_in_them(scene: Scene) -> None:
    guest = Browser(scene.world)
    guest.signs_in(GUEST, PASSWORD)
    html = _html(guest, f"{scene.base}/fragments?people={scene.invitation}&chats=all")
    assert 'id="i-' not in html
    assert "olaf@" not in html


def _html(browser: Browser, path: str) -> str:
    """With the same key in every form."""
    page = browser.open(path)
    assert page.status == 200
    return re.sub(r'name="key" value="[^"]*"', "", page.html)


def _account(html: str) -> str:
    match = re.search(r'data-account="(\w+)"', html)
    assert match
    return match[1]


def _rows(html: str) -> list[str]:
    return re.findall(r'<li (?:class="[^"]*" )?id="([ipc]-\w+)"', html)


def _row(html: str, name: str) -> str:
    match = re.search(rf'<li [^>]*id="{name}".*?(?=<li [^>]*id="[ipc]-|</section>)', html, re.DOTALL)
    assert match
    return match[0]


def test_an_invitation_that_the_clock_has_ended_is_told_anew_with_whatever_changed(scene: Scene, mara: Browser) -> None:
    """No event says so; as a row that the page has it would stand among the closed ones as open."""
    scene.world.pass_time(days=15)
    mara.signs_in(OWNER, PASSWORD)
    html = _html(mara, f"{scene.base}/fragments?people={scene.guest.id}")
    assert "data-kept" in html
    assert "Expired" in _row(html, f"i-{scene.invitation}")
