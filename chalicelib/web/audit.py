"""One line in the log for each request that may change something: who, what, and what came of it.

Routes are named by their pattern and things by their ids: no token, no address, nothing that somebody typed, so that no
user can write a line of it.
"""

import logging
import re

from .guards import SAFE, Principal
from .requests import Incoming

log = logging.getLogger("audit")
log.setLevel(logging.INFO)  # Lambda's own level would drop it
_ID = re.compile(r"[a-z0-9-]{1,32}")


def note(incoming: Incoming, path: dict[str, str], principal: Principal | None, outcome: int | str) -> None:
    """`outcome` is the status of an answer or the code of a refusal."""
    if incoming.method in SAFE:
        return
    ids = " ".join(f"{name}={value}" for name, value in path.items() if name.endswith("_id") and _ID.fullmatch(value))
    who = principal.account.id if principal else "nobody"
    log.info(
        "%s %s %s by %s: %s, request %s",
        incoming.method,
        incoming.route,
        ids or "-",
        who,
        outcome,
        incoming.request_id or "-",
    )
