"""Who can be played: each in a window of their own, signed in beside the others."""

import http.client
import json
import re
import time
from typing import Any

from local.config import HOST, LocalConfig
from local.http import Refused, not_found
from local.people import PEOPLE, host_of
from local.playground import mailbox, table

_MOST = 12
_PATIENCE = 20.0
_PAUSE = 0.1

Json = dict[str, Any]


def all_of(config: LocalConfig) -> list[Json]:
    """Those who are there from the start, then whoever has an account and an address, newest first: `{email, name, place}`."""
    seeded = [
        {"email": person.email, "name": person.name, "place": f"{person.role} of {person.workspace}"}
        for person in PEOPLE
    ]
    accounts = sorted(table.items(config, "account"), key=lambda item: float(item["created_at"]), reverse=True)
    known = {person["email"] for person in seeded}
    others = [
        {"email": item["email"], "name": item["name"], "place": ""}
        for item in accounts
        if item.get("email") and item["email"] not in known
    ]
    return (seeded + others)[:_MOST]


def open_as(config: LocalConfig, email: str) -> str:
    """The address, in this person's own browser, of the page that their sign-in link leads to."""
    person = next((person for person in all_of(config) if person["email"] == email), None)
    if person is None:
        raise not_found()
    before = mailbox.mails(config, to=email)
    _ask_for_link(config, email)
    deadline = time.monotonic() + _PATIENCE
    while time.monotonic() < deadline:
        came = mailbox.mails(config, to=email, after=before[-1]["id"] if before else None)
        for mail in came:
            if match := re.search(rf"{re.escape(config.application)}(/enter/\S+)", mail["text"]):
                return f"http://{host_of(email)}:{config.port}{match[1]}"
        time.sleep(_PAUSE)
    raise Refused(502, "no_mail", "No sign-in link came. Too many may have been asked for: move the clock by an hour.")


def _ask_for_link(config: LocalConfig, email: str) -> None:
    body, headers = json.dumps({"email": email}), {"Content-Type": "application/json"}
    connection = http.client.HTTPConnection(HOST, config.port, timeout=30)
    try:
        connection.request("POST", "/api/v1/sign-in-links", body, headers)
        connection.getresponse().read()
    finally:
        connection.close()
