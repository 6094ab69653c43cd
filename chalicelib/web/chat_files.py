"""A chat's files as a request asks for them, for the API and the page alike, and the cursor that goes on with them."""

from msgspec import structs

from ..schemas import serializers as shapes
from ..schemas.chat_files import FilesPage, ListedFileOut
from ..usecases import chat_files
from ..usecases.chat_files import ListedFile
from . import cursors
from .routing import RequestContext


def files_page(request: RequestContext, chat_id: str, limit: int, cursor: str) -> FilesPage:
    ports, path = request.ports, f"files of {chat_id}"
    position = cursors.read(ports, request.account.id, path, cursor)
    listed = chat_files.of_chat(ports, request.account, chat_id, limit, position)
    going_on = cursors.make(ports, request.account.id, path, listed.position) if listed.position else None
    return FilesPage([_shown(each, request.locale) for each in listed.files], going_on, listed.searched_to)


def _shown(listed: ListedFile, locale: str) -> ListedFileOut:
    message = listed.message
    return ListedFileOut(
        **structs.asdict(shapes.taken_file(listed.taken, listed.page)),
        message_id=message.id,
        seq=message.seq,
        author=shapes.author(message.author, locale),
        sent_at=message.created_at,
    )
