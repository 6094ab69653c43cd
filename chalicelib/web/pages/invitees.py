"""What the forms that invite have in common: what is seen of the past, a last day, a line, a file with addresses, a check."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from ...domain import errors
from ...domain.address_lists import reading
from ...domain.address_lists.reading import AddressList, Skipped, SkippedBecause
from ...domain.ends import end_of_day
from ...domain.history import History, HistoryKind, of_form
from ...domain.inviting import Invitee, InviteOutcome, InviteResult
from ...domain.workspaces import Workspace
from ...ports import Ports
from ...templating import languages, pages
from ...usecases import mails
from ...usecases.checking import Checked
from .routing import PageRequest

_TABLES = (".csv", ".tsv", ".tab")
_MOST_SKIPPED_SHOWN = 50


@dataclass(frozen=True, slots=True)
class Choice:
    """What is chosen to be seen of the past, as the three fields of a form have it; perhaps not yet something that can be."""

    kind: str = HistoryKind.FROM_JOIN
    last: str = ""
    day: str = ""

    def history(self, request: PageRequest, field: str = "history") -> History:
        """422 at `field` where it is none."""
        return of_form(self.kind, self.last, self.day, field, request.ports.now())

    def shown(self, request: PageRequest) -> dict[str, str]:
        """For a row of the form: the fields, and the history as it is written, empty where it can't be."""
        try:
            written = str(self.history(request))
        except errors.Refusal:
            written = ""
        return {"history": self.kind, "history_last": self.last, "history_since": self.day, "written": written}


def choice_of(kind: str, last: str = "", day: str = "") -> Choice:
    """Longer than any number or day is none; a kind that isn't there is the default."""
    kind = kind if kind in list(HistoryKind) else HistoryKind.FROM_JOIN
    return Choice(kind, last[:20], day[:20])


def choice(request: PageRequest, prefix: str = "") -> Choice:
    """From the fields `history`, `history_last` and `history_since`, which may have a prefix."""
    names = (f"{prefix}history", f"{prefix}history_last", f"{prefix}history_since")
    return choice_of(*map(request.field, names))


def with_last_day(request: PageRequest, people: Iterable[Invitee]) -> list[Invitee]:
    """All of a call have the same, or none; 422 at `ends_at` where it is no day."""
    ends_at = end_of_day(request.field("ends_at"))
    return [replace(person, ends_at=ends_at) for person in people]


def problems(request: PageRequest, refusal: errors.Refusal) -> dict[str, str]:
    """By the fields that the form has: what is wrong with the last day is said once, not of each person."""
    said = request.problems(refusal)
    of_day = [said.pop(name) for name in list(said) if name.endswith("].ends_at")]
    return said | ({"ends_at": of_day[0]} if of_day else {})


def line(request: PageRequest) -> str:
    """What was typed, else the saved line that was chosen."""
    return request.field("line") if request.field("line").strip() else request.field("saved_line")


def lines(ports: Ports, workspace: Workspace) -> dict[str, Any]:
    """What the form says of lines: those to choose from, and whether mails have them already."""
    return {"lines": list(workspace.lines), "line_is_mailed": mails.carries_line(ports, workspace)}


def file_of(request: PageRequest) -> AddressList:
    """The people of the chosen file; 422 at `file` where none was chosen or it can't be read."""
    file = request.files.get("file")
    if file is None:
        raise errors.wrong_field("file", "no_file", "Choose a file first.")
    try:
        return reading.read(file.content, is_table=file.name.lower().endswith(_TABLES))
    except errors.Refusal as refusal:
        if refusal.fields:
            fault = refusal.fields[0]
            raise errors.wrong_field("file", fault.code, fault.sentence, **fault.values) from refusal
        raise errors.wrong_field("file", refusal.code, refusal.sentence, **refusal.values) from refusal


def refuse_unread_file(request: PageRequest) -> None:
    """A form that isn't sent as one with files has the file's name alone: it was chosen and not read."""
    if request.field("file"):
        raise errors.wrong_field(
            "file",
            "not_read",
            "The people of this file aren't in the list yet. Choose it again and press “Add from the file”.",
        )


def skipped(address_list: AddressList, locale: str) -> dict[str, Any]:
    """What of a file became nobody, each with its row and why; the first of many."""
    rows = [
        {"row": item.row, "text": item.text, "why": _why(item, locale)}
        for item in address_list.skipped[:_MOST_SKIPPED_SHOWN]
    ]
    return {"people": len(address_list.people), "skipped": rows, "more": len(address_list.skipped) - len(rows)}


def _why(item: Skipped, locale: str) -> str:
    match item.code:
        case SkippedBecause.NOT_AN_ADDRESS:
            return languages.text("no e-mail address", locale)
        case SkippedBecause.NO_ADDRESS:
            return languages.text("no address in this row", locale)
        case SkippedBecause.REPEATED:
            return languages.text("is in the file twice", locale)
        case SkippedBecause.SECOND_ADDRESS:
            return languages.text("a second address of the same person", locale)


def checked(request: PageRequest, result: Checked) -> dict[str, Any]:
    """What a call would do, in words."""
    return {
        "mails": result.mails,
        "mails_left": result.mails_left,
        "problems": [pages.refusal_text(problem, request.locale) for problem in result.problems],
        "rows": [outcome(item, request.locale) for item in result.results],
    }


def outcome(result: InviteResult, locale: str) -> dict[str, Any]:
    """What would become of one address; `good` where it gets what the inviter wants."""
    words = {
        InviteOutcome.INVITED: languages.text("gets an invitation e-mail", locale),
        InviteOutcome.MEMBER_ADDED: languages.text("is a colleague and joins at once, without an e-mail", locale),
    }
    why = words.get(result.outcome) or pages.result_text(result, locale)
    return {"email": result.email, "good": result.has_invitation, "why": why}


def typed_list(address_list: AddressList) -> str:
    """The people of a file as one would type them, one a line."""
    return "\n".join(_typed(person.email, person.name) for person in address_list.people)


def _typed(email: str, name: str) -> str:
    name = " ".join(name.translate(_NOT_IN_QUOTES).split())
    return f'"{name}" <{email}>' if name else email


_NOT_IN_QUOTES = str.maketrans('"<>\\', "    ")


def by_row(problems: dict[str, str], at: int, names: Sequence[str] = ("email", "history")) -> str | None:
    """What is said of one invitee, taken out of what is said of all."""
    said = [problems.pop(f"invitees[{at}].{name}", "") for name in names]
    return " ".join(text for text in said if text) or None
