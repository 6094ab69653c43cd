"""The mail queue: one body for each mail that was promised."""

import functools
import json
from typing import Any

from .. import wiring
from ..ports import MailWaits
from ..usecases import mails, notifications
from . import batches

# As often as the template's redrive policy lets a body come, less one: the last try ends in a visible state.
LAST_TRY = 5
Json = dict[str, Any]


def handle(event: Json) -> Json:
    batch = _Batch()
    return batches.failures(
        (
            (str(record.get("messageId", "")), functools.partial(batch.work, record))
            for record in event.get("Records", [])
        ),
        in_order=False,
    )


class _Batch:
    """Once the mail service takes nothing, what is left of the batch waits without being tried."""

    def __init__(self) -> None:
        self._waits: MailWaits | None = None

    def work(self, record: Json) -> bool:
        body = json.loads(record["body"])
        tries = int(record.get("attributes", {}).get("ApproximateReceiveCount", 1)) + int(body.get("tried", 0))
        if self._waits is None:
            try:
                return _send(body, last_try=tries >= LAST_TRY)
            except MailWaits as waits:
                self._waits = waits
        # A body that is put back begins its count anew; `tried` keeps the tries that were real ones.
        mails.put_back(wiring.ports(), json.dumps(body | {"tried": tries - 1}), self._waits)
        return True


def _send(body: Json, last_try: bool) -> bool:
    if "letter" in body:
        return notifications.send_notification(wiring.ports(), body["letter"], last_try)
    return mails.send_invitation(wiring.ports(), body["chat"], body["seat"], int(body["number"]), last_try)
