"""Searching in one chat, and in all of one's own."""

from ...schemas import serializers as shapes
from ...schemas.searching import SearchPage, SearchQuery
from ..routing import RequestContext, Routes
from ..searching import results_of

routes = Routes(__name__)


@routes.json(
    "GET",
    "/chats/{chat_id}/search",
    "Messages of a chat with all these words, newest first; at most so much is read for one answer, `next` looks further back.",
    answers=SearchPage,
    query=SearchQuery,
    refusals=(429,),
)
def search_chat(request: RequestContext) -> SearchPage:
    return _page(request, request.path["chat_id"])


@routes.json(
    "GET",
    "/search",
    "Messages of all your chats with all these words.",
    answers=SearchPage,
    query=SearchQuery,
    refusals=(429,),
)
def search(request: RequestContext) -> SearchPage:
    return _page(request, "")


def _page(request: RequestContext, chat_id: str) -> SearchPage:
    results, going_on = results_of(request, request.query(SearchQuery), chat_id)
    locale = request.locale
    items = [shapes.message(hit.message, hit.page, hit.membership, locale=locale) for hit in results.hits]
    return SearchPage(items, going_on, results.searched_to)
