"""What is derived from an invitation and never stored: its links, its three words, its short code, proofs about it."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from ..domain import links
from ..domain.invitations import Seat
from ..domain.links import Purpose
from ..ports import Ports

PROOF_LIFE = timedelta(minutes=30)
CODE_LENGTH = 10


def join_url(ports: Ports, seat: Seat, purpose: Purpose) -> str:
    return f"{ports.public_url}/join/{links.make(ports.link_keys[0], purpose, seat.chat_id, seat.id, seat.generation)}"


def unsubscribe_url(ports: Ports, email: str) -> str:
    return f"{ports.public_url}/unsubscribe/{links.seal(ports.link_keys[0], Purpose.UNSUBSCRIBE, email)}"


def three_words(ports: Ports, seat: Seat) -> tuple[str, ...]:
    """The same in the mail, on the joining page and in the inviter's list, so that two people can compare them.

    By the oldest key: a new one in front changes nothing that stands in a mail already.
    """
    raw, words = links.keyed(ports.link_keys[-1], Purpose.WORDS, name_of(seat)), ports.words()
    return tuple(words[int.from_bytes(raw[at : at + 4], "big") % len(words)] for at in (0, 4, 8))


def short_code(ports: Ports, seat: Seat) -> str:
    """What somebody types at /check: ten letters, 50 bits; by the oldest key, as the words are."""
    return links.id_text(links.keyed(ports.link_keys[-1], Purpose.CHECK, name_of(seat))[:10])[:CODE_LENGTH]


def shown_code(ports: Ports, seat: Seat) -> str:
    """`abcde-fghij`."""
    code = short_code(ports, seat)
    return f"{code[:5]}-{code[5:]}"


def check_url(ports: Ports) -> str:
    return f"{ports.public_url}/check"


def code_digest(ports: Ports, what: str, code: str) -> str:
    """How a six-digit code is kept: nobody can try the million of them without our key."""
    return links.keyed(ports.link_keys[0], Purpose.CODE, f"{what}\n{code}").hex()


def seat_code(seat: Seat) -> str:
    """For what a code is good that was mailed for this invitation; an address that was fixed makes it worthless."""
    return f"seat {name_of(seat)}"


def mailbox_code(email: str) -> str:
    return f"mailbox {email}"


def sealed_until(ports: Ports, purpose: Purpose, text: str, until: datetime) -> str:
    return links.seal(ports.link_keys[0], purpose, f"{int(until.timestamp())}\n{text}")


def unsealed(ports: Ports, purpose: Purpose, token: str) -> str:
    """The text, while it holds; empty for what is late, forged or made for something else."""
    until, _, text = links.unseal(token, ports.link_keys, purpose).partition("\n")
    return text if until.isdecimal() and ports.now().timestamp() < int(until) else ""


def proof_of(ports: Ports, seat: Seat) -> str:
    """For the browser in which the invited address was proved by a code."""
    return sealed_until(ports, Purpose.PROVED, name_of(seat), ports.now() + PROOF_LIFE)


def proves(ports: Ports, proof: str, seat: Seat) -> bool:
    return bool(proof) and unsealed(ports, Purpose.PROVED, proof) == name_of(seat)


def erased_hashes(ports: Ports, emails: Iterable[str]) -> dict[str, Sequence[str]]:
    """By which hashes each address would be known if it had been erased: one for each key."""
    return {email: [links.keyed(key, Purpose.ERASED, email).hex() for key in ports.link_keys] for email in emails}


def account_id(ports: Ports, seat: Seat) -> str:
    """Of the account that is made by this invitation: always the same, so that a try that was cut off is found again."""
    return links.id_text(links.keyed(ports.link_keys[-1], Purpose.ACCOUNT, name_of(seat))[: links.ID_BYTES])


def name_of(seat: Seat) -> str:
    """Names the promise to this very address: an invitation that moved to another one has another name."""
    return f"{seat.chat_id} {seat.id} {seat.generation}"
