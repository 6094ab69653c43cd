"""How templates are read: escaped, in the language of `locale` in their context, and a value that was forgotten is an error."""

from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from zlib import crc32

from jinja2 import Environment, FileSystemLoader, ModuleLoader, StrictUndefined, Undefined, pass_context
from jinja2.runtime import Context

from ..domain.names import initials
from . import languages

TINTS = 6
COMPILED = "compiled"


class Missing(StrictUndefined):
    """A value that isn't there may be asked for (`if`, `or`), as pages have parts that come and go; never shown, compared or looped over."""

    __slots__ = ()

    def __bool__(self) -> bool:
        return False


def environment(folder: Path, undefined: type[Undefined] = StrictUndefined) -> Environment:
    """Templates of `folder`, or what `precompile` made of them there; those that end in `.html` are escaped."""
    compiled = folder / COMPILED
    made = Environment(
        loader=ModuleLoader(compiled) if compiled.is_dir() else FileSystemLoader(folder),
        autoescape=lambda name: name is None or name.endswith(".html"),
        undefined=undefined,
        extensions=["jinja2.ext.i18n"],
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
        cache_size=-1,
    )
    made.policies["ext.i18n.trimmed"] = True
    made.install_gettext_callables(  # type: ignore[attr-defined]
        _gettext, _ngettext, newstyle=True, pgettext=_pgettext, npgettext=_npgettext
    )
    made.filters.update(_FILTERS)
    return made


def tint(account_id: str) -> int:
    """0 to 5, for good: the colour of an account's avatar."""
    return crc32(account_id.encode()) % TINTS


@pass_context
def _day(context: Context, when: datetime | str) -> str:
    return languages.day(when, context["locale"], _now(context))


@pass_context
def _moment(context: Context, when: datetime | str) -> str:
    return languages.moment(when, context["locale"], _now(context))


def _now(context: Context) -> datetime | None:
    now = context.get("now")
    return languages.moment_of(now) if now else None


@pass_context
def _gettext(context: Context, message: str) -> str:
    return languages.translations(context["locale"]).gettext(message)


@pass_context
def _ngettext(context: Context, one: str, many: str, number: int) -> str:
    return languages.translations(context["locale"]).ngettext(one, many, number)


@pass_context
def _pgettext(context: Context, meaning: str, message: str) -> str:
    return languages.translations(context["locale"]).pgettext(meaning, message)


@pass_context
def _npgettext(context: Context, meaning: str, one: str, many: str, number: int) -> str:
    return languages.translations(context["locale"]).npgettext(meaning, one, many, number)


_FILTERS: dict[str, Callable[..., object]] = {
    "day": _day,
    "clock": languages.clock,
    "moment": _moment,
    "initials": initials,
    "tint": tint,
}
