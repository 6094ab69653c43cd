"""What a person does about their own account: where it is signed in."""

import logging

from ..domain import errors
from ..domain.people import Account, Session
from ..ports import Ports
from . import sessions

log = logging.getLogger(__name__)


def sessions_of(ports: Ports, account: Account, current: Session) -> list[Session]:
    """Those that hold now: the one that asks first, then by when they were used last."""
    stored, now = ports.accounts.sessions(account.id), ports.now()
    holding = [session for session in stored if session.holds_at(now, account)]
    return sorted(holding, key=lambda session: (session.hash == current.hash, session.seen_at), reverse=True)


def end_session(ports: Ports, account: Account, session_id: str) -> Session:
    """One of this person's sessions; what hangs on it, sockets and pushes, ends through the table's stream."""
    session = next((each for each in ports.accounts.sessions(account.id) if each.id == session_id), None)
    if session is None:
        raise errors.unknown()
    sessions.sign_out(ports, session)
    log.info("session ended: account %s", account.id)
    return session


def end_other_sessions(ports: Ports, account: Account, current: Session) -> None:
    for session in ports.accounts.sessions(account.id):
        if session.hash != current.hash:
            sessions.sign_out(ports, session)
    log.info("other sessions ended: account %s", account.id)
