"""The last line in somebody's Slack or Teams: their place ended, and nothing more comes. Once, behind all that was on its way."""

import json
import logging
from dataclasses import dataclass, replace

from ..domain.changes import InvitationChanged
from ..domain.identities import Identity, of_key
from ..domain.invitations import Invitation, Status
from ..domain.providers import Via
from ..domain.receipts import Receipt
from ..domain.relaying import LAST_LINE, ROOT, RelayedMessage, RelayState, RemoteMessageRef
from ..ports import Disconnected, NotTaken, OutgoingMessage, Ports, RelayAdapter, RelayLater, ReplyLost, WindowGone
from . import receipts, relay_out

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class LastLine:
    """To say at `destination` (an identity's key) that the place in this chat is over, as the receipt says."""

    chat_id: str
    account_id: str
    destination: str
    receipt_id: str


def queue(ports: Ports, change: InvitationChanged) -> None:
    """For whoever read elsewhere, when their place ends."""
    before, after = change.before, change.after
    if before is None or before.status is not Status.ACCEPTED or not _has_ended_elsewhere(after):
        return
    body = {"chat_id": after.chat_id, "account_id": after.account_id, "destination": after.identity}
    once = f"{after.chat_id}-last-{after.receipt_id}"
    group = relay_out.group_of(after.chat_id, after.identity)
    ports.relay_queue.put(json.dumps({"last": body | {"receipt_id": after.receipt_id}}), group, once)


def _has_ended_elsewhere(after: Invitation) -> bool:
    is_elsewhere = after.via is not Via.WEBTOP and bool(after.identity)
    return after.status is Status.LEFT and is_elsewhere and bool(after.receipt_id)


def run(ports: Ports, last: LastLine) -> None:
    """Says it where the chat's thread is. Raises RelayLater where that can't be done now; a refusal ends it."""
    identity, receipt = of_key(last.destination), ports.receipts.get(last.receipt_id)
    root = ports.relayed_messages.get(last.chat_id, ROOT, last.destination)
    if identity is None or receipt is None or not root.remote_id or not _is_theirs(ports, last, identity):
        return
    said = ports.relayed_messages.get(last.chat_id, LAST_LINE, last.destination)
    version = round(receipt.issued_at.timestamp() * 1000)
    if said.version >= version:
        return
    if not ports.relayed_messages.claim(said, ports.now()):
        raise RelayLater(2, "somebody else is at it")
    adapter = ports.relay_adapters[identity.provider]
    thread = RemoteMessageRef(adapter.system(identity), root.channel_id, root.remote_id)
    try:
        _say(ports, adapter, identity, thread, said, receipt)
    except RelayLater as later:
        said = replace(said, tried=said.tried or isinstance(later, ReplyLost), tried_at=said.tried_at or ports.now())
        ports.relayed_messages.release(said, RelayState.RETRYING, later.reason)
        raise
    except (Disconnected, NotTaken, WindowGone) as reason:
        log.info("no last line: chat %s, account %s: %s", last.chat_id, last.account_id, reason)
    ports.relayed_messages.finish(replace(said, version=version, state=RelayState.SENT), None)


def _is_theirs(ports: Ports, last: LastLine, identity: Identity) -> bool:
    """Still their application, and they have not come back into the chat meanwhile."""
    _, membership = ports.chats.with_membership(last.chat_id, last.account_id)
    is_reached = ports.relay_adapters[identity.provider].is_reached(identity)
    return membership is None and is_reached and ports.identities.account_of(identity) == last.account_id


def _say(  # where, how far it was tried, and what is to be said
    ports: Ports,
    adapter: RelayAdapter,
    identity: Identity,
    thread: RemoteMessageRef,
    said: RelayedMessage,
    receipt: Receipt,
) -> None:
    name = f"{said.chat_id}-last-{receipt.id}"
    if said.tried:  # an earlier try may have arrived
        search = adapter.find(identity, thread, name, said.tried_at or receipt.issued_at, said.cursor)
        if search.remote:
            return
        if search.cursor:
            raise RelayLater(1, "searching whether it arrived")
    account = ports.accounts.get(receipt.account_id)
    url = receipts.url(ports, receipt.id)
    text = ports.mail_texts.last_line(account.locale if account else "en", receipt, url)
    adapter.post(identity, thread, OutgoingMessage(id=name, author="Webtop", via=Via.WEBTOP, text=text))
