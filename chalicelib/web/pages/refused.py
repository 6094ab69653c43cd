"""What became of addresses that got no invitation: which, why, and back in the field to be mended."""

from collections.abc import Sequence
from typing import Any

from ...domain import errors
from ...domain.inviting import Invitee, Outcome
from ...templating import languages, pages
from ...usecases import refused
from ...usecases.inviting import Invited
from .routing import Visit


def told(visit: Visit, made: Invited) -> str:
    """The chat's page that tells it; empty where every address got what it should."""
    token = refused.keep(visit.ports, visit.account, made.chat.id, made.results)
    return f"/chats/{made.chat.id}?people=1&refused={token}" if token else ""


def shown(visit: Visit) -> dict[str, Any]:
    """For the people panel, by the token in the page's address."""
    token = visit.got.query.get("refused", "")
    kept = refused.find(visit.ports, visit.account, visit.path["chat_id"], token) if token else None
    if kept is None:
        return {"refused": None}
    rows = [{"email": one.email, "why": pages.result_text(one, visit.locale)} for one in kept.results]
    mend = [one.email for one in kept.results if one.outcome is Outcome.REFUSED]
    return _panel(visit, kept.seated, rows, mend)


def of_refusal(visit: Visit, refusal: errors.Refusal, typed: Sequence[Invitee]) -> dict[str, Any]:
    """The same where nobody was invited; what is about no single address stands under the field."""
    problems = visit.problems(refusal)
    rows = [
        {"email": one.email, "why": problems.pop(f"invitees[{at}].email")}
        for at, one in enumerate(typed)
        if f"invitees[{at}].email" in problems
    ]
    if not rows:
        return {"errors": {"address": " ".join(problems.values())}}
    return _panel(visit, 0, rows, [one.email for one in typed])


def _panel(visit: Visit, seated: int, rows: list[dict[str, str]], mend: list[str]) -> dict[str, Any]:
    text = languages.text("{count} invited.", visit.locale, count=seated)
    return {"refused": {"text": text, "rows": rows}, "form": {**visit.typed(), "address": ", ".join(mend)}}
