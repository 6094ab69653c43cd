"""Files of a Teams chat: pictures that somebody pastes, files that they attach, and who is given their bytes.

From learn.microsoft.com, "Send and receive files through a bot" (November 2026). A pasted picture has no name and no size: an
attachment `image/*`, which the connector gives to the bot for its token, and once more as `<img>` in the HTML. An attached file is
`…teams.file.download.info`; its `downloadUrl` is another host's, signed, good for a short while, and refuses any token.
"""

import base64
import mimetypes
import secrets
import time
from typing import Any
from urllib.parse import quote

from local.fake_provider import web
from local.fake_provider.state import Json
from local.http import Answer, Refused, Request, not_found
from local.microsoft import connector
from local.microsoft.fake_microsoft import Microsoft, new_guid

KIND = "application/vnd.microsoft.teams.file.download.info"
_LIFE = 300.0
_SHOWN = (
    (b"\x89PNG", "image/png"),
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"GIF8", "image/gif"),
    (b"RIFF", "image/webp"),
)


def attached(microsoft: Microsoft, given: Json) -> list[Json]:
    """What a person attaches (`files`, with names) and pastes (`pasted`, pictures without): type and bytes."""
    items = [(item, False) for item in given.get("files") or []] + [(item, True) for item in given.get("pasted") or []]
    results = []
    for item, is_pasted in items:
        name, content = "" if is_pasted else web.text(item, "name"), base64.b64decode(item["base64"])
        kind = str(item.get("type") or mimetypes.guess_type(name)[0] or "application/octet-stream")
        if is_pasted and not kind.startswith("image/"):
            raise Refused(422, "invalid", "Only pictures can be pasted.")
        file: Json = {"id": new_guid(), "name": name, "type": kind, "size": len(content)}
        microsoft.keep(file["id"], content)
        microsoft.data.setdefault("files", {})[file["id"]] = file
        results.append(file)
    return results


def attachments(microsoft: Microsoft, message: Json) -> list[Json]:
    """As an activity has them; each activity with addresses of its own."""
    return [_file(microsoft, file) if file["name"] else _picture(microsoft, file) for file in message.get("files", [])]


def images(microsoft: Microsoft, message: Json) -> str:
    """Pasted pictures in the message's HTML: a view that isn't for the bot."""
    pasted = [file for file in message.get("files", []) if not file["name"]]
    return "".join(f'<img src="{_view(microsoft, file, "imgo")}" itemscope="image">' for file in pasted)


def original(microsoft: Microsoft, request: Request, parts: tuple[str, ...]) -> Answer:
    """A pasted picture, for the bot's token alone."""
    connector.authorize(microsoft, request)
    file = microsoft.data.get("files", {}).get(parts[0])
    if file is None or file["name"]:
        raise connector.ConnectorError(404, "NotFound", "The attachment was not found.")
    return Answer(200, [("Content-Type", _type(microsoft, file))], microsoft.kept(file["id"]))


def download(microsoft: Microsoft, request: Request, parts: tuple[str, ...]) -> Answer:
    """SharePoint: for whoever has the address, as long as it lives; a token that isn't SharePoint's own is refused."""
    ticket = microsoft.data.get("tickets", {}).get(web.query(request).get("tempauth", ""))
    refused = "authorization" in dict(request.headers) or ticket is None
    if refused or ticket["file"] != parts[0] or time.time() >= ticket["until"]:
        return Answer(401, [("Content-Type", "text/html")], b"<html><body>Sign in to SharePoint</body></html>")
    file = microsoft.data["files"][parts[0]]
    headers = [
        ("Content-Type", "application/octet-stream"),
        ("Content-Disposition", f"attachment; filename*=UTF-8''{quote(file['name'])}"),
    ]
    return Answer(200, headers, microsoft.kept(file["id"]))


def expire(microsoft: Microsoft, request: Request, parts: tuple[str, ...]) -> Answer:
    """Every download address that was given out is dead."""
    with microsoft.changing():
        microsoft.data["tickets"] = {}
        return web.answer({})


def show(microsoft: Microsoft, request: Request, parts: tuple[str, ...]) -> Answer:
    """For the window of a person: as a picture, or as a download."""
    with microsoft.store.lock:
        file = microsoft.data.get("files", {}).get(parts[0])
        if file is None:
            raise not_found()
        content, kind = microsoft.kept(file["id"]), _type(microsoft, file)
    headers = [("Content-Type", kind), ("X-Content-Type-Options", "nosniff")]
    is_picture = kind.startswith("image/")
    return Answer(200, headers if is_picture else [*headers, ("Content-Disposition", "attachment")], content)


def shown(microsoft: Microsoft, file: Json) -> dict[str, Any]:
    return {
        **file,
        "is_picture": _type(microsoft, file).startswith("image/"),
        "label": file["name"] or "Pasted picture",
    }


def _file(microsoft: Microsoft, file: Json) -> Json:
    ticket = secrets.token_urlsafe(32)
    microsoft.data.setdefault("tickets", {})[ticket] = {"file": file["id"], "until": time.time() + _LIFE}
    base = f"{microsoft.config.playground}/microsoft/sharepoint"
    return {
        "contentType": KIND,
        "contentUrl": f"{base}/personal/documents/{quote(file['name'])}",
        "name": file["name"],
        "content": {
            "downloadUrl": f"{base}/{file['id']}/download?tempauth={ticket}",
            "uniqueId": file["id"],
            "fileType": file["name"].rpartition(".")[2],
            "etag": f'"{{{file["id"].upper()}}},1"',
        },
    }


def _picture(microsoft: Microsoft, file: Json) -> Json:
    return {"contentType": "image/*", "contentUrl": _view(microsoft, file, "original")}


def _view(microsoft: Microsoft, file: Json, view: str) -> str:
    return f"{microsoft.service_url}v3/attachments/{file['id']}/views/{view}"


def _type(microsoft: Microsoft, file: Json) -> str:
    content = microsoft.kept(file["id"])
    return next((kind for begin, kind in _SHOWN if content.startswith(begin)), "application/octet-stream")
