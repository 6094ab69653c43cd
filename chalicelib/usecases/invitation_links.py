"""What is derived from an invitation and never stored: its links, its three words, its short code, proofs about it."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from ..domain import links
from ..domain.invitations import Invitation
from ..domain.links import Purpose
from ..ports import Ports

PROOF_LIFE = timedelta(minutes=30)
CODE_LENGTH = 10
REPLY_PREFIX = "r-"


def join_url(ports: Ports, invitation: Invitation, purpose: Purpose) -> str:
    token = links.make(ports.link_keys[0], purpose, invitation.chat_id, invitation.id, invitation.generation)
    return f"{ports.public_url}/join/{token}"


def unsubscribe_url(ports: Ports, email: str) -> str:
    return f"{ports.public_url}/unsubscribe/{links.sign_text(ports.link_keys[0], Purpose.UNSUBSCRIBE, email)}"


def reply_address(ports: Ports, invitation: Invitation) -> str:
    """Where this person answers to what is said in this chat; empty where this installation receives no mail."""
    if not ports.mail_in_domain:
        return ""
    token = links.make_reply(ports.link_keys[0], invitation.chat_id, invitation.id, invitation.generation)
    return f"{REPLY_PREFIX}{token}@{ports.mail_in_domain}"


def three_words(ports: Ports, invitation: Invitation) -> tuple[str, ...]:
    """The same in the mail, on the joining page and in the inviter's list, so that two people can compare them.

    In the language that was chosen for the mail, whatever either reads the pages in: words can be compared, translations
    can't. By the oldest key: a new one in front changes nothing that stands in a mail already.
    """
    raw = links.keyed(ports.link_keys[-1], Purpose.WORDS, signing_context(invitation))
    words = ports.words(invitation.words_in)
    return tuple(words[int.from_bytes(raw[at : at + 4], "big") % len(words)] for at in (0, 4, 8))


def short_code(ports: Ports, invitation: Invitation) -> str:
    """What somebody types at /check: ten letters, 50 bits; by the oldest key, as the words are."""
    return links.id_text(links.keyed(ports.link_keys[-1], Purpose.CHECK, signing_context(invitation))[:10])[
        :CODE_LENGTH
    ]


def shown_code(ports: Ports, invitation: Invitation) -> str:
    """`abcde-fghij`."""
    code = short_code(ports, invitation)
    return f"{code[:5]}-{code[5:]}"


def check_url(ports: Ports) -> str:
    return f"{ports.public_url}/check"


def code_digest(ports: Ports, what: str, code: str) -> str:
    """How a six-digit code is kept: nobody can try the million of them without our key."""
    return links.keyed(ports.link_keys[0], Purpose.CODE, f"{what}\n{code}").hex()


def invitation_code(invitation: Invitation) -> str:
    """For what a code is good that was mailed for this invitation; an address that was fixed makes it worthless."""
    return f"seat {signing_context(invitation)}"


def mailbox_code(email: str) -> str:
    return f"mailbox {email}"


def account_code(account_id: str, purpose: str) -> str:
    """For a code by which somebody without a password shows that it is their account."""
    return f"account {account_id} {purpose}"


def token_until(ports: Ports, purpose: Purpose, text: str, until: datetime) -> str:
    return links.sign_text(ports.link_keys[0], purpose, f"{int(until.timestamp())}\n{text}")


def read_token(ports: Ports, purpose: Purpose, token: str) -> str:
    """The text, while it holds; empty for what is late, forged or made for something else."""
    until, _, text = links.verify_text(token, ports.link_keys, purpose).partition("\n")
    return text if until.isdecimal() and ports.now().timestamp() < int(until) else ""


def proof_of(ports: Ports, invitation: Invitation) -> str:
    """For the browser in which the invited address was proved by a code."""
    return token_until(ports, Purpose.PROVED, signing_context(invitation), ports.now() + PROOF_LIFE)


def proves(ports: Ports, proof: str, invitation: Invitation) -> bool:
    return bool(proof) and read_token(ports, Purpose.PROVED, proof) == signing_context(invitation)


def erased_hashes(ports: Ports, emails: Iterable[str]) -> dict[str, Sequence[str]]:
    """By which hashes each address would be known if it had been erased: one for each key."""
    return {email: [links.keyed(key, Purpose.ERASED, email).hex() for key in ports.link_keys] for email in emails}


def account_id(ports: Ports, invitation: Invitation) -> str:
    """Of the account that is made by this invitation: always the same, so that a try that was disconnected is found again."""
    return links.id_text(
        links.keyed(ports.link_keys[-1], Purpose.ACCOUNT, signing_context(invitation))[: links.ID_BYTES]
    )


def signing_context(invitation: Invitation) -> str:
    """Names the promise to this very address: an invitation that moved to another one has another name."""
    return f"{invitation.chat_id} {invitation.id} {invitation.generation}"
