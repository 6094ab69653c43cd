"""How templates are read: escaped, in the language of `locale` in their context; a forgotten value is an error."""

import re
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from jinja2 import (
    Environment,
    FileSystemLoader,
    ModuleLoader,
    StrictUndefined,
    Undefined,
    pass_context,
    pass_eval_context,
    select_autoescape,
)
from jinja2.nodes import EvalContext
from jinja2.runtime import Context
from markupsafe import Markup, escape

from ..domain.characters import isolated
from ..domain.names import initials, tint
from ..domain.providers import APPLICATIONS, BADGES, PROVIDERS
from . import history, languages

COMPILED = "compiled"
_ADDRESS = 36
_BLOCKS = re.compile(r"<(p|ul|ol|li|pre)\b")
_STRONG = '<strong class="ink" dir="auto" style="color:#1b2426;font-weight:600">{}</strong>'


class Missing(StrictUndefined):
    """A value that isn't there may be asked for (`if`, `or`, `==`): parts of pages come and go. It is never shown."""

    __slots__ = ()
    __eq__ = Undefined.__eq__  # type: ignore[assignment]
    __ne__ = Undefined.__ne__  # type: ignore[assignment]
    __hash__ = Undefined.__hash__  # type: ignore[assignment]

    def __bool__(self) -> bool:  # type: ignore[override]
        return False


def environment(folder: Path, undefined: type[Undefined] = StrictUndefined) -> Environment:
    """Templates of `folder`, or what `precompile` made of them there; those that end in `.html` are escaped."""
    compiled = folder / COMPILED
    made = Environment(
        loader=ModuleLoader(compiled) if compiled.is_dir() else FileSystemLoader(folder),
        autoescape=select_autoescape(("html",), default=False),
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
    for name in ("gettext", "ngettext", "pgettext", "npgettext"):
        made.globals[name] = _isolating(made.globals[name])  # type: ignore[arg-type]
    made.filters.update(_FILTERS)
    made.globals |= {"badges": BADGES, "applications": APPLICATIONS, "providers_known": PROVIDERS}
    return made


def _isolating(translate: Callable[..., object]) -> Callable[..., object]:
    """In HTML, a name that runs from right to left turns nothing of the sentence around it."""

    @pass_context
    def translated(context: Context, *texts: object, **values: object) -> object:
        if context.eval_ctx.autoescape:
            values = {name: _isolated(value) for name, value in values.items()}
        return translate(context, *texts, **values)

    return translated


def _isolated(value: object) -> object:
    if not isinstance(value, str):
        return value
    return Markup(isolated(str(value))) if isinstance(value, Markup) else isolated(value)  # noqa: S704 - only signs are added


def _breaking(address: str) -> Markup:
    """An address that goes on in the next line behind its @ and its dots rather than anywhere."""
    return Markup("<wbr>").join(re.split(r"(?<=[@.])", address))


def _directed(html: str) -> Markup:
    """The cleaned HTML of a message; each paragraph, list and line of code runs as its own first letter says."""
    return Markup(_BLOCKS.sub(r'<\1 dir="auto"', str(html)))  # noqa: S704 - only attributes are added


@pass_context
def _day(context: Context, when: datetime | str) -> str:
    return languages.day(when, context["locale"], _now(context))


@pass_context
def _moment(context: Context, when: datetime | str) -> str:
    return languages.moment(when, context["locale"], _now(context))


@pass_context
def _filesize(context: Context, size: int) -> str:
    return languages.file_size(size, context["locale"])


@pass_context
def _told(context: Context, written: str) -> str:
    return history.told(written, context["locale"], _now(context))


@pass_context
def _of_invitee(context: Context, written: str) -> str:
    return history.of_invitee(written, context["locale"], _now(context))


def _now(context: Context) -> datetime | None:
    now = context.get("now")
    return languages.moment_of(now) if now else None


@pass_context
def _gettext(context: Context, message: str) -> str:
    return languages.translations(context["locale"]).gettext(message)


@pass_context
def _ngettext(context: Context, item: str, many: str, number: int) -> str:
    return languages.translations(context["locale"]).ngettext(item, many, number)


@pass_context
def _pgettext(context: Context, meaning: str, message: str) -> str:
    return languages.translations(context["locale"]).pgettext(meaning, message)


@pass_context
def _npgettext(context: Context, meaning: str, item: str, many: str, number: int) -> str:
    return languages.translations(context["locale"]).npgettext(meaning, item, many, number)


@pass_eval_context
def _strong(context: EvalContext, text: object) -> object:
    """Stands out in a mail's HTML; the same words in its text."""
    return Markup(_STRONG).format(text) if context.autoescape else text  # noqa: S704 - `format` escapes


def _breakable(text: object) -> Markup:
    """A long address breaks after its @ first."""
    return escape(text).replace("@", Markup("@<wbr>"))


def _cut(address: str) -> str:
    """An address that leaves room for the rest of a subject."""
    return address if len(address) <= _ADDRESS else address[: _ADDRESS - 1] + "…"


def _ticked(text: str) -> Markup:
    """Words of ours in which `code` stands between backticks."""
    return Markup(re.sub("`([^`]*)`", r"<code>\1</code>", str(escape(text))))  # noqa: S704 - escaped before


def _machine_time(when: datetime | str) -> str:
    """As the page's <time> takes it: no more than three digits behind the second's point."""
    at = datetime.fromisoformat(when) if isinstance(when, str) and when else when
    return at.isoformat(timespec="milliseconds").replace("+00:00", "Z") if isinstance(at, datetime) else ""


_FILTERS: dict[str, Callable[..., object]] = {
    "day": _day,
    "clock": languages.clock,
    "moment": _moment,
    "filesize": _filesize,
    "will_see": _told,
    "invitee_sees": _of_invitee,
    "initials": initials,
    "tint": tint,
    "strong": _strong,
    "breakable": _breakable,
    "cut": _cut,
    "directed": _directed,
    "breaking": _breaking,
    "isolated": _isolated,
    "ticked": _ticked,
    "machine_time": _machine_time,
}
