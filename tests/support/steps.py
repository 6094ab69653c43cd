"""What the tests of invitations do to the world: play SES's words and the clock's hour, read codes and lines."""

import json
import re
from typing import Any

from chalicelib.events import feedback, schedule
from local.playground import mailbox
from local.playground.ses_events import EVENT_TYPES
from tests.support.app import Answer, Person, World
from tests.support.form_browser import Browser
from tests.support.sample_chat import Scene

Json = dict[str, Any]
PERMANENT: dict[str, Any] = {"bounceType": "Permanent", "bounceSubType": "NoEmail"}


def hour(world: World) -> Json:
    """The hourly job runs, and what follows from it."""
    counts = schedule.hourly()
    world.settle()
    return counts


def later(world: World, **units: float) -> Json:
    world.pass_time(**units)
    return hour(world)


def away(scene: Scene, **units: float) -> None:
    """Time passes, long enough for sessions to end; afterwards Mara and Nora sign in again."""
    scene.world.pass_time(**units)
    for person in (scene.owner, scene.stranger):
        person.token = scene.world.signs_in(person.email).token


def ses_id(world: World, to: str, nth: int = -1) -> str:
    """SES's id of a mail to this address, the newest one if no other is meant."""
    return str([mail.id for mail in world.data.mails if mail.destinations[0] == to][nth])


def word(kind: str, message_id: str, to: str, shape: str = "eventType", **given: Any) -> Json:
    """SES's JSON about one mail: `eventType` as configuration sets publish it, `notificationType` as identities do."""
    record = {
        "MessageId": message_id,
        "To": [to],
        "Source": "invitations@webtop.example",
        "Subject": "x",
        "Timestamp": 0,
    }
    if kind == "Send":
        return {shape: kind, "mail": {"messageId": message_id}, "send": {}}
    event = mailbox.event_about(record, {name: short for short, name in EVENT_TYPES.items()}[kind], given)
    event.pop("eventType")
    return {shape: kind, **event}


def sns(*messages: Any) -> Json:
    """An SNS event of the Lambda function, a record for each message; SES's JSON travels as text."""
    return {
        "Records": [
            {"EventSource": "aws:sns", "Sns": {"Message": message if isinstance(message, str) else json.dumps(message)}}
            for message in messages
        ]
    }


def ses_says(world: World, kind: str, to: str, nth: int = -1, shape: str = "eventType", **given: Any) -> None:
    feedback.handle(sns(word(kind, ses_id(world, to, nth), to, shape, **given)))
    world.settle()


def code_in_mail(world: World, to: str) -> str:
    match = re.search(r"\b(\d{6})\b", world.last_mail(to).text)
    assert match, world.last_mail(to).text
    return match[1]


def account(world: World, email: str, name: str = "Dana Smith", workspace: str = "Acme") -> Person:
    """Somebody with a Webtop account of their own."""
    return world.signs_up(email, name, workspace, plan="free")


def renamed_policy(scene: Scene, policy: str) -> None:
    assert scene.owner.patch(f"/workspaces/{scene.workspace}", {"mismatch": policy}).status == 200


def copied(scene: Scene, invitation: str = "") -> str:
    """The token of the copied link."""
    result = scene.owner.get(f"{scene.base}/invitations/{invitation or scene.invitation}/link")
    assert result.status == 200, result.text
    return str(result.json["url"]).rpartition("/")[2]


def joins_by(person: Person, token: str, **body: Any) -> Answer:
    answer = person.post(f"/join/{token}", body)
    person.world.settle()
    return answer


def shows(scene: Scene, email: str) -> Json:
    """The invitation as its inviter sees it."""
    results: Json = scene.invitations()[email]
    return results


def texts(scene: Scene) -> list[str]:
    return scene.lines(scene.owner)


def of_table(world: World, text: str) -> list[tuple[str, str]]:
    """Which items of the table hold this text anywhere, keys included."""
    return [
        key for key, item in world.snapshot().items() if text in json.dumps([*key, item["Attributes"]], default=str)
    ]


def in_mailbox(world: World, email: str) -> Browser:
    """A browser on the invited person's own page, entered by a code."""
    browser = Browser(world)
    page = browser.send(browser.open("/invitations").form("/invitations"), email=email)
    world.settle()
    page = browser.send(page.form("/invitations/code"), code=code_in_mail(world, email))
    assert page.status == 200
    return browser
