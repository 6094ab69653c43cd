"""The usual town with a Slack and a Microsoft that say whatever a test wants, and browsers that go there and come back."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from urllib.parse import parse_qs, quote, urlsplit

from chalicelib.domain.identities import Identity, Installation, Profile
from chalicelib.domain.providers import Option, Provider
from chalicelib.events import operator
from chalicelib.ports import ProviderFailed
from chalicelib.providers.slack.installation import CONNECT, SlackInstall
from tests.support.app import Answer, Person, World
from tests.support.form_browser import Browser, cookies_of
from tests.support.sample_chat import INVITED, Scene

TENANT = "3a1d0c52-8f3e-4e0a-9a51-7c0b5d1e0a01"
SLACK = Profile(
    identity=Identity(Provider.SLACK, "T1", "U1"),
    name="Olaf Nord",
    organization="Nord",
    email=INVITED,
    email_proved=True,
)
MICROSOFT = replace(SLACK, identity=Identity(Provider.MICROSOFT, TENANT, "o1"), email_proved=False)
PROFILES = {"slack": SLACK, "microsoft": MICROSOFT}


@dataclass
class Fake:
    """A provider whose word is `says`; `asked` counts what would go over the wire."""

    says: Profile | ProviderFailed
    asked: int = 0

    def begin(self, state: str, nonce: str) -> tuple[str, str]:
        return f"https://provider.test/authorize?state={state}", "the flow"

    def identify(self, query: dict[str, str], nonce: str, flow: str) -> Profile:
        self.asked += 1
        assert flow == "the flow"
        assert nonce
        if isinstance(self.says, ProviderFailed):
            raise self.says
        return self.says


@dataclass
class FakeInstall:
    team: str = "T1"
    asked: int = 0
    purposes: Mapping[str, str] = field(default_factory=lambda: SlackInstall.purposes)

    def begin(self, state: str, team_id: str, purpose: str) -> str:
        return f"https://provider.test/install?state={state}&team={team_id}&connect={purpose == CONNECT}"

    def finish(self, code: str, team_id: str) -> Installation:
        self.asked += 1
        if code == "broken":
            raise ProviderFailed("no bot token")
        return Installation(
            team_id=self.team,
            team_name="Nord",
            bot_token="xoxb-very-secret",
            bot_user_id="U0",
            app_id="A1",
            scopes="chat:write",
        )


@dataclass
class Queue:
    bodies: list[str] = field(default_factory=list)

    def put(self, body: str, group: str, once: str) -> None:
        self.bodies.append(body)


@dataclass
class Providers:
    """The usual town, with Slack and Microsoft in it."""

    scene: Scene
    fakes: dict[str, Fake]
    install: FakeInstall

    @property
    def world(self) -> World:
        return self.scene.world

    @property
    def accounts(self) -> int:
        return len(self.world.stored("account"))

    def browser(self) -> "OAuthBrowser":
        return OAuthBrowser(self)

    def some_invitation(self) -> str:
        """The link of an invitation that nobody has used."""
        email = f"some{len(self.world.stored('seat'))}@nord.example"
        self.scene.owner.invites(email)
        self.world.settle()
        return self.world.invited(email)

    def plan(self, plan: str) -> None:
        operator.set_plan({"workspace_id": self.scene.workspace, "plan": plan})


@dataclass
class OAuthBrowser:
    """Somebody's browser, which goes out to providers and comes back."""

    providers: Providers
    browser: Browser = field(init=False)

    def __post_init__(self) -> None:
        self.browser = Browser(self.providers.world)

    def get(self, path: str) -> Answer:
        return self.browser._request("GET", path, b"", {})

    def starts(self, provider: str, token: str = "", query: str = "") -> str:
        """The state that goes out."""
        answer = self.get(f"/oauth/{provider}/start?" + (f"join={token}" if token else query))
        assert answer.status == 303, answer.text
        assert answer.headers["location"].startswith("https://provider.test/"), answer.headers["location"]
        return state_in(answer)

    def returns(self, provider: str, state: str, rest: str = "code=c", way: str = "callback") -> str:
        """Where the browser is sent after the provider sent it back."""
        answer = self.get(f"/oauth/{provider}/{way}?state={state}&{rest}")
        assert answer.status == 303, answer.text
        assert ("session" in self.browser.cookies) == any(
            cooky.startswith("session=") and "Max-Age=0" not in cooky for cooky in cookies_of(answer)
        ) or not answer.headers["location"].startswith("/join")
        return str(answer.headers["location"])

    def comes_in(self, provider: str, token: str = "") -> Person:
        """Through an invitation, by which whoever has no account gets one; any will do where none is named."""
        token = token or self.providers.some_invitation()
        assert self.returns(provider, self.starts(provider, token)) == f"/join/{token}"
        return self.person()

    def signs_in(self, provider: str, following: str = "") -> str:
        """By the button on the page for signing in; where the browser is sent then."""
        return self.returns(provider, self.starts(provider, query=f"next={quote(following)}" if following else ""))

    def person(self) -> Person:
        token = self.browser.cookies["session"]
        return Person(self.providers.world, "", token, token.partition(".")[0])

    @property
    def signed_in(self) -> bool:
        return "session" in self.browser.cookies


def everything(world: World) -> str:
    """All that is stored."""
    return json.dumps(list(world.snapshot().values()), default=str)


def state_in(answer: Answer) -> str:
    query = parse_qs(urlsplit(str(answer.headers["location"])).query)
    return query["state"][0]


def with_providers(scene: Scene) -> Providers:
    """The scene, in a deployment where both providers are configured."""
    fakes = {name: Fake(profile) for name, profile in PROFILES.items()}
    install = FakeInstall()
    scene.world.use(
        configured=frozenset(Option),
        sign_ins={Provider(name): fake for name, fake in fakes.items()},
        installers={Provider.SLACK: install},
        relay_queue=Queue(),
    )
    return Providers(scene, fakes, install)
