"""Files in Slack: uploaded from outside in three steps, shared into a chat's thread, read with the bot's token, deleted.

docs.slack.dev, "Working with files" and the methods `files.*` (as of November 2026). Completing an upload says no time stamp, and
where a file stands is known later: so it is known by its own id. Bytes go to and come from the hosts of `SLACK_FILE_HOSTS` alone.
"""

from collections.abc import Callable
from functools import partial
from typing import Any

from ...domain.identities import Identity
from ...domain.relaying import RemoteFile, RemoteMessageRef
from ...gateways import downloads, unexpected
from ...ports import NotTaken, OutgoingFile, RelayLater
from . import events, refusals
from .refusals import BEGIN_FILE, DELETE, DELETE_FILE, SHARE_FILE, SHOW_FILE

_PATIENCE, _BACK_OFF = 25, 20.0
_SOON = 5.0
"""Seconds after which a file that was shared says where it stands."""
_NOT_GIVEN = "Slack doesn’t give it out"
_GONE = ("file_not_found", "file_deleted")
Call = Callable[..., dict[str, Any]]


class SlackFiles:
    def __init__(self, call: Call, token: Callable[[Identity], str], hosts: tuple[str, ...]) -> None:
        """`call(identity, method, **arguments)` is the relay's; `hosts` are those that bytes, and the bot's token, are sent to."""
        self._call, self._token = call, token
        self._is_allowed = partial(downloads.is_on, hosts)

    def begin(self, identity: Identity, file: OutgoingFile) -> tuple[str, str]:
        about = {"alt_txt": file.alt} if file.alt else {}
        answer = self._call(identity, BEGIN_FILE, filename=file.name, length=file.size, **about)
        file_id, address = answer.get("file_id"), answer.get("upload_url")
        if not isinstance(file_id, str) or not isinstance(address, str):
            raise RelayLater(_BACK_OFF, "Slack says no address for a file", outage=True)
        return file_id, address

    def finish(
        self,
        identity: Identity,
        thread: RemoteMessageRef,
        begun: tuple[str, str],
        file: OutgoingFile,
        content: Callable[[], bytes],
    ) -> str:
        file_id, address = begun
        self._send(address, content)
        self._call(
            identity,
            SHARE_FILE,
            files=[{"id": file_id, "title": file.name}],
            channel_id=thread.channel_id,
            thread_ts=thread.id,
            initial_comment=_plain(file.signature),
        )
        return file_id

    def is_shared(self, identity: Identity, thread: RemoteMessageRef, remote_id: str) -> bool:
        file = self._shown(identity, remote_id)
        if file is not None and not _stamps(file, thread.channel_id):
            raise RelayLater(_SOON, "Slack says later where a file stands")
        return file is not None

    def look(self, identity: Identity, file: RemoteFile) -> RemoteFile:
        if not file.is_hidden:
            return file
        shown = self._shown(identity, file.id)
        if shown is None:
            raise NotTaken(_NOT_GIVEN, "file_not_found")
        return events.file_of(shown)

    def read(self, identity: Identity, file: RemoteFile, most: int) -> bytes:
        """Without the right to read files, Slack answers 200 with a page to sign in; so a page is taken for none but a page.

        A redirect would lead to such a page, and the token elsewhere.
        """
        source = downloads.Source(
            whose="Slack",
            address=file.url,
            is_allowed=self._is_allowed,
            headers={"Authorization": f"Bearer {self._token(identity)}"},
            is_page=file.type == "text/html",
        )
        return downloads.read(source, most)

    def delete(self, identity: Identity, channel_id: str, remote_id: str) -> None:
        """The message first: it is found by the file."""
        file = self._shown(identity, remote_id)
        if file is None:
            return
        for stamp in _stamps(file, channel_id):
            self._call(identity, DELETE, channel=channel_id, ts=stamp)
        self._call(identity, DELETE_FILE, file=remote_id)

    def _shown(self, identity: Identity, remote_id: str) -> dict[str, Any] | None:
        """What Slack says of a file; None where it isn't there."""
        try:
            answer = self._call(identity, SHOW_FILE, file=remote_id)
        except NotTaken as error:
            if error.code in _GONE:
                return None
            raise
        file = answer.get("file")
        return file if isinstance(file, dict) else {}

    def _send(self, address: str, content: Callable[[], bytes]) -> None:
        """Without a token: the address is its own."""
        import requests

        if not self._is_allowed(address):
            raise NotTaken(refusals.words(BEGIN_FILE, ""), "host_not_allowed")
        try:
            answer = requests.post(address, data=content(), timeout=_PATIENCE, allow_redirects=False)
        except unexpected.UNEXPECTED_RESPONSE_ERRORS as error:
            raise RelayLater(_BACK_OFF, "Slack's files can't be reached", outage=True) from error
        if answer.status_code != 200 or not answer.content.startswith(b"OK"):
            raise RelayLater(_BACK_OFF, f"Slack's files: {answer.status_code}", outage=answer.status_code >= 500)


def _stamps(file: dict[str, Any], channel_id: str) -> list[str]:
    """Of the messages in this conversation that it stands in."""
    shares = file.get("shares")
    kinds = shares.values() if isinstance(shares, dict) else ()
    places = [place for kind in kinds if isinstance(kind, dict) for place in kind.get(channel_id) or ()]
    return [place["ts"] for place in places if isinstance(place, dict) and isinstance(place.get("ts"), str)]


def _plain(text: str) -> str:
    from .writing import to_slack

    return to_slack(text, ()).text
