"""What became of addresses that got no invitation: which, why, and back in the field to be mended."""

from collections.abc import Sequence
from typing import Any

from ...domain import errors
from ...domain.inviting import Invitee, InviteOutcome
from ...templating import languages, pages
from ...usecases import refused
from ...usecases.inviting import Invited
from . import invitees
from .routing import PageRequest


def told(request: PageRequest, made: Invited) -> str:
    """The chat's page that tells it; empty where every address got what it should."""
    token = refused.keep(request.ports, request.account, made.chat.id, made.results)
    return f"/chats/{made.chat.id}?people=1&refused={token}" if token else ""


def shown(request: PageRequest) -> dict[str, Any]:
    """For the people panel, by the token in the page's address."""
    token = request.incoming.query.get("refused", "")
    kept = refused.find(request.ports, request.account, request.path["chat_id"], token) if token else None
    if kept is None:
        return {"refused": None}
    rows = [{"email": result.email, "why": pages.result_text(result, request.locale)} for result in kept.results]
    mend = [result.email for result in kept.results if result.outcome is InviteOutcome.REFUSED]
    return _panel(request, kept.seated, rows, mend)


def of_refusal(request: PageRequest, refusal: errors.Refusal, typed: Sequence[Invitee]) -> dict[str, Any]:
    """The same where nobody was invited; what is about no single address stands under the field."""
    problems = invitees.problems(request, refusal)
    rows = [
        {"email": invitee.email, "why": problems.pop(f"invitees[{at}].email")}
        for at, invitee in enumerate(typed)
        if f"invitees[{at}].email" in problems
    ]
    if not rows:
        own = {name: problems.pop(name) for name in ("history", "line", "file", "ends_at") if name in problems}
        rest = {"address": " ".join(problems.values())} if problems else {}
        return {"errors": own | rest, "form": request.typed()}
    return _panel(request, 0, rows, [invitee.email for invitee in typed])


def _panel(request: PageRequest, seated: int, rows: list[dict[str, str]], mend: list[str]) -> dict[str, Any]:
    text = languages.text("{count} invited.", request.locale, count=seated)
    return {"refused": {"text": text, "rows": rows}, "form": {**request.typed(), "address": ", ".join(mend)}}
