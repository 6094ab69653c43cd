"""`python -m chalicelib.templating.catalogue`: extract, update and compile the catalogue, when words have changed.

Translate what `git diff chalicelib/locale` then shows as new and empty, and run it again. The files are written in a
fixed order and without dates, so that a change of words is all that a change shows.
"""

import io
import re
import sys
from datetime import UTC, datetime
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract_from_dir
from babel.messages.frontend import parse_mapping_cfg
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

from ..domain.people import LOCALES
from .languages import CATALOGUES

SOURCE = CATALOGUES.parent
_DATES = re.compile(rb'"(Generated-By|PO-Revision|POT-Creation|Report-Msgid|Last-Translator|Project-Id).*\n')
_NO_DATE = datetime(2000, 1, 1, tzinfo=UTC)
TRANSLATED = tuple(locale for locale in LOCALES if locale != "en")


def main() -> None:
    template = extracted()
    (CATALOGUES / "messages.pot").write_bytes(_as_po(template))
    for locale in TRANSLATED:
        translated = updated(locale, template)
        folder(locale).mkdir(parents=True, exist_ok=True)
        (folder(locale) / "messages.po").write_bytes(_as_po(translated))
        (folder(locale) / "messages.mo").write_bytes(_as_mo(translated))
        sys.stdout.write(f"{locale}: {len(translated)} messages, {len(untranslated(translated))} to translate\n")


def extracted() -> Catalog:
    """Every message in the source, with the file it stands in."""
    with (CATALOGUES / "babel.cfg").open() as file:
        methods, options = parse_mapping_cfg(file)  # type: ignore[no-untyped-call]
    catalog = Catalog(charset="utf-8", fuzzy=False)
    for name, _, message, comments, context in extract_from_dir(SOURCE, methods, options):
        catalog.add(message, None, [(f"chalicelib/{name}", 0)], auto_comments=comments, context=context)
    return catalog


def read(locale: str) -> Catalog:
    path = folder(locale) / "messages.po"
    if not path.exists():
        return Catalog(locale=locale, charset="utf-8", fuzzy=False)
    with path.open("rb") as file:
        return read_po(file, locale=locale)


def updated(locale: str, template: Catalog) -> Catalog:
    """The locale's catalogue with the messages of `template`; nothing is guessed, nothing old is kept."""
    catalogue = read(locale)
    catalogue.update(template, no_fuzzy_matching=True)
    catalogue.obsolete.clear()
    return catalogue


def untranslated(catalogue: Catalog) -> list[str]:
    return [str(message.id) for message in catalogue if message.id and not all(strings(message))]


def strings(message: Message) -> tuple[str, ...]:
    """The translation; one for each plural form where there are several."""
    return tuple(message.string) if isinstance(message.string, (tuple, list)) else (message.string or "",)


def folder(locale: str) -> Path:
    return CATALOGUES / locale / "LC_MESSAGES"


def _as_po(catalogue: Catalog) -> bytes:
    out = io.BytesIO()
    write_po(out, _undated(catalogue), include_lineno=False, sort_output=True, width=120)
    return re.sub(
        rb'"(Generated-By|PO-Revision-Date|POT-Creation-Date|Report-Msgid-Bugs-To|Last-Translator|Project-Id-Version).*\n',
        b"",
        out.getvalue(),
    )


def _as_mo(catalogue: Catalog) -> bytes:
    out = io.BytesIO()
    write_mo(out, _undated(catalogue))
    return out.getvalue()


def _undated(catalogue: Catalog) -> Catalog:
    catalogue.creation_date = catalogue.revision_date = _NO_DATE
    catalogue.header_comment = "# Made by `python -m chalicelib.templating.catalogue`."
    return catalogue


if __name__ == "__main__":
    main()
