"""Every mail that SES accepted: whole, with the time of the system's clock, and beyond a restart."""

import contextlib
import copy
import json
import os
import time
from pathlib import Path
from typing import Any

from ministack.services import ses, ses_v2

from local.embedded import ses_rules

Reply = tuple[int, dict[str, str], bytes]

# As the SES API reference has them for SendEmail of version 2.
FAULTS = {
    "TooManyRequestsException": ("Maximum sending rate exceeded.", 429),
    "LimitExceededException": ("Daily message quota exceeded.", 400),
    "SendingPausedException": ("Email sending is disabled for your account.", 400),
    "AccountSuspendedException": ("Your account has been suspended.", 400),
}
_faults: list[tuple[str, str, int]] = []
"""How the next mails are refused."""


def refuse(query: dict[str, list[str]]) -> dict[str, int]:
    """The next `times` requests to send are refused with `code`."""
    code = query["code"][0]
    _faults.extend([(code, *FAULTS[code])] * int(query["times"][0]))
    return {"waiting": len(_faults)}


def install() -> None:
    _keep_whole()
    _keep_beyond_restart()


def _keep_whole() -> None:
    """ministack forgets the raw text and the tags."""
    original_v1, original_v2 = ses.handle_request, ses_v2.handle_request

    async def v2(method: str, path: str, headers: dict[str, str], body: bytes, query: dict[str, Any]) -> Reply:
        if _is_sending(path) and _faults:
            return _refusal(*_faults.pop(0))
        if _is_sending(path) and (reason := ses_rules.refused(json.loads(body))):
            return _refusal("BadRequestException", reason)
        reply: Reply = await original_v2(method, path, headers, body, query)
        if _is_sending(path) and reply[0] == 200:
            sent = json.loads(body)
            _remember(
                json.loads(reply[2])["MessageId"],
                Raw=sent.get("Content", {}).get("Raw", {}).get("Data", ""),
                ReplyTo=sent.get("ReplyToAddresses", []),
                Tags={tag["Name"]: tag["Value"] for tag in sent.get("EmailTags", [])},
                ConfigurationSet=sent.get("ConfigurationSetName", ""),
            )
        return reply

    async def v1(method: str, path: str, headers: dict[str, str], body: bytes, query: dict[str, Any]) -> Reply:
        before = len(ses._sent_emails_list())
        reply: Reply = await original_v1(method, path, headers, body, query)
        form = ses.parse_qs(body.decode(errors="replace"))
        for record in ses._sent_emails_list()[before:]:
            if "SentAt" not in record:
                raw, chosen = form.get("RawMessage.Data", [""])[0], form.get("ConfigurationSetName", [""])[0]
                _remember(record["MessageId"], Raw=raw, ReplyTo=[], Tags={}, ConfigurationSet=chosen)
        return reply

    ses.handle_request, ses_v2.handle_request = v1, v2


def _is_sending(path: str) -> bool:
    return path.rstrip("/").endswith("/outbound-emails")


def _refusal(code: str, reason: str, status: int = 400) -> Reply:
    return (
        status,
        {"Content-Type": "application/json", "x-amzn-errortype": code},
        json.dumps({"message": reason}).encode(),
    )


def _remember(message_id: str, **facts: Any) -> None:
    for record in reversed(ses._sent_emails_list()):
        if record["MessageId"] == message_id:
            record.update(facts, SentAt=time.time() + _seconds_ahead())
            return


def _seconds_ahead() -> float:
    with contextlib.suppress(OSError, ValueError):
        return float(Path(os.environ["CLOCK_FILE"]).read_text())
    return 0.0


def _keep_beyond_restart() -> None:
    original_state, original_load = ses.get_state, ses.load_persisted_state

    def load(data: dict[str, Any]) -> None:
        original_load(data)
        ses._sent_emails.update(data.get("_sent_emails", {}))

    ses.get_state = lambda: {**original_state(), "_sent_emails": copy.deepcopy(ses._sent_emails)}
    ses.load_persisted_state = load
