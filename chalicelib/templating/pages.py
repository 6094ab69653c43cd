"""Pages, and the sentences of refusals, in the reader's language."""

import functools
from pathlib import Path
from typing import TYPE_CHECKING

from ..domain.errors import Refusal
from ..domain.inviting import InviteResult
from ..domain.people import locale_or
from ..domain.providers import PROVIDERS, Option
from . import languages

if TYPE_CHECKING:
    from jinja2 import Environment

TEMPLATES = Path(__file__).parents[1] / "web" / "templates"


def render(name: str, locale: str, /, **context: object) -> str:
    """The page `name`, say `join.html`. `static(name)` and all else that the template asks for comes in `context`."""
    return environment().get_template(name).render(context | {"locale": locale_or(locale, "en")})


def refusal_text(refusal: Refusal, locale: str) -> str:
    """What a refusal says. Of its values, only those that are words of ours are translated, never a name."""
    values = {name: _value(name, value, locale) for name, value in refusal.values.items()}
    return languages.text(refusal.sentence, locale, **values)


def field_texts(refusal: Refusal, locale: str) -> dict[str, str]:
    """What the fields at fault say, by field."""
    return {error.field: languages.text(error.sentence, locale, **error.values) for error in refusal.fields}


def result_text(result: InviteResult, locale: str) -> str:
    """Why an address got no invitation."""
    return languages.text(result.sentence, locale, **result.values)


def _value(name: str, value: object, locale: str) -> object:
    if name == "what":
        return languages.text(str(value), locale)
    return _ways(locale).get(str(value), value) if name == "option" else value


def _ways(locale: str) -> dict[str, str]:
    return {
        Option.ACCOUNT: languages.text("a Webtop account", locale),
        Option.NEW_ACCOUNT: languages.text("a new Webtop account", locale),
        **{names.option: names.application for names in PROVIDERS if names.option},
    }


@functools.cache
def environment() -> "Environment":
    from .environment import Missing
    from .environment import environment as made

    return made(TEMPLATES, Missing)
