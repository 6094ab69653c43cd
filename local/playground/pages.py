"""The playground's page for people."""

from datetime import datetime
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape

from local.config import LocalConfig
from local.people import PASSWORD
from local.playground import clock, functions, mailbox, personas
from local.push import endpoints

_EVENTS = 40
_MOVES = [
    ("10 min", 600),
    ("1 hour", 3_600),
    ("1 day", 86_400),
    ("12 days, reminder", 1_036_800),
    ("14 days, expiry", 1_209_600),
]

_templates = Environment(
    loader=FileSystemLoader(Path(__file__).parent),
    autoescape=select_autoescape(),
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)


def home(config: LocalConfig, mail_id: str | None, asked: str = "") -> str:
    """The whole page: clock, functions, and the mailbox with one mail opened, the newest unless another is named.

    `asked`: only mails that hold each of these words.
    """
    every = list(reversed(mailbox.mails(config)))
    mails = [mail for mail in every if mailbox.holds(mail, asked)]
    opened = next((mail for mail in mails if mail["id"] == mail_id), mails[0] if mails else None)
    time = clock.read(config)
    return _templates.get_template("page.html").render(
        application=config.application,
        personas=personas.all_of(config),
        password=PASSWORD,
        now=_words(time["now"], "%a %d %b %Y, %H:%M:%S"),
        ahead=_span(time["ahead_seconds"]),
        moves=_MOVES,
        functions=functions.names(config),
        samples=functions.samples(config),
        asked=asked,
        all=len(every),
        mails=[{**mail, "time": _words(mail["sent_at"], "%H:%M")} for mail in mails],
        opened=opened,
        pushes=_pushes(config),
        events=[{**event, "time": _words(event["at"], "%H:%M:%S")} for event in functions.lately(config)[:_EVENTS]],
    )


def _pushes(config: LocalConfig) -> list[dict[str, str]]:
    """The last ten, newest first: when, and what the browser could open."""
    messages = endpoints.of(config).messages("")[-10:]
    return [
        {"time": _words(item["at"], "%H:%M:%S"), "text": item["text"] or item["problem"]} for item in messages[::-1]
    ]


def _words(stamp: str, form: str) -> str:
    return datetime.fromisoformat(stamp).strftime(form)


def _span(seconds: float) -> str:
    if not seconds:
        return "as this machine's"
    days, rest = divmod(abs(int(seconds)), 86_400)
    hours, rest = divmod(rest, 3_600)
    parts = [(days, "day"), (hours, "hour"), (rest // 60, "minute")]
    words = [f"{count} {name}{'' if count == 1 else 's'}" for count, name in parts if count]
    return f"{', '.join(words) or 'a moment'} {'ahead of' if seconds > 0 else 'behind'} this machine's"
