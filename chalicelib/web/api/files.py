"""Files of a chat: declared here, sent to the store and had from it past us."""

from ...domain import files as rules
from ...schemas import files as s
from ...schemas import serializers as shapes
from ...schemas.chat_files import FileListQuery, FilesPage
from ...usecases import files
from ...usecases.files import Declared, ShownAs
from ..chat_files import files_page
from ..routing import Reply, RequestContext, Routes

routes = Routes(__name__)


@routes.json(
    "POST",
    "/chats/{chat_id}/files",
    "Declare a file, and learn how its bytes are sent. Then send a message with its id.",
    takes=s.NewFile,
    answers=s.FileDeclared,
    status=201,
)
def declare_file(request: RequestContext, body: s.NewFile) -> s.FileDeclared:
    declared = Declared(body.name, body.size, body.type)
    file, upload = files.declare(request.ports, request.account, request.path["chat_id"], declared, request.ids)
    return s.FileDeclared(shapes.file(file), s.UploadOut(upload.method, upload.url, {}, dict(upload.fields)))


@routes.json(
    "GET",
    "/chats/{chat_id}/files",
    "The files of a chat that you may see, newest first; at most so much is read for one answer, `next` looks further back.",
    answers=FilesPage,
    query=FileListQuery,
    refusals=(429,),
)
def list_files(request: RequestContext) -> FilesPage:
    query = request.query(FileListQuery)
    return files_page(request, request.path["chat_id"], query.limit, query.cursor)


@routes.json(
    "GET",
    "/files/{file_id}",
    "On to the file, for who may read its message now. The address lives a minute.",
    status=303,
    query=s.FileQuery,
)
def get_file(request: RequestContext) -> Reply:
    query = request.query(s.FileQuery)
    shown = ShownAs.PREVIEW if query.preview == "1" else ShownAs.INLINE if query.inline == "1" else ShownAs.SAVED
    url = files.address(request.ports, request.account, request.path["file_id"], shown)
    return Reply(headers={"Location": url, "Cache-Control": rules.NEVER_KEPT})
