"""Files that came with an answer by mail: they are the chat's files, as if their author had chosen them in the browser."""

import secrets
from collections.abc import Sequence

from ..domain.errors import Refusal
from ..domain.files import MOST_IN_A_MESSAGE, FileState
from ..domain.ids import Ids
from ..domain.incoming_mail import MailPart
from ..domain.people import Account
from ..ports import Ports
from . import files
from .files import Declared


def take(
    ports: Ports, account: Account, chat_id: str, mail_id: str, parts: Sequence[MailPart]
) -> tuple[tuple[str, ...], list[str]]:
    """Their ids, the same ones whenever the mail comes again; and of each that isn't taken its name, and why."""
    taken: list[str] = []
    left = [named(part, "more than a message takes") for part in parts[MOST_IN_A_MESSAGE:]]
    for number, part in enumerate(parts[:MOST_IN_A_MESSAGE]):
        seed = f"file by mail {chat_id} {account.id} {mail_id} {number}"
        existing = ports.files.get(Ids(secrets.token_bytes, seed)())
        if existing is not None and existing.state is not FileState.WAITING:
            taken.append(existing.id)
            continue
        declared = Declared(part.name, len(part.content), part.type)
        try:
            file = files.take(ports, account, chat_id, declared, part.content, Ids(secrets.token_bytes, seed))
        except Refusal as refusal:
            left.append(named(part, refusal.code.replace("_", " ")))
        else:
            taken.append(file.id)
    return tuple(taken), left


def named(part: MailPart, why: str = "") -> str:
    return f"(file: {part.name}{f', {why}' if why else ''})"
