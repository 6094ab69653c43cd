"""A search as it came with a request, for the API and the page alike, and the cursor that goes on with it and no other."""

from urllib.parse import urlencode

from ..domain.searching import criteria
from ..schemas.searching import SearchQuery
from ..usecases import searching
from . import cursors
from .routing import RequestContext

_NOT_OF_THE_SEARCH = ("cursor", "limit", "lang")


def results_of(request: RequestContext, query: SearchQuery, chat_id: str = "") -> tuple[searching.Results, str | None]:
    """What was found, in this chat or in all of the person's, and the cursor for what lies further back."""
    wanted = criteria(query.q, query.from_, query.before, query.after, query.has)
    asked = sorted(pair for pair in request.incoming.query.items() if pair[0] not in _NOT_OF_THE_SEARCH and pair[1])
    path = f"{request.incoming.path}?{urlencode(asked)}"
    position = cursors.read(request.ports, request.account.id, path, query.cursor)
    call = wanted, query.limit, position
    if chat_id:
        results = searching.in_chat(request.ports, request.account, chat_id, *call)
    else:
        results = searching.everywhere(request.ports, request.account, *call)
    going_on = results.position and cursors.make(request.ports, request.account.id, path, results.position)
    return results, going_on or None
