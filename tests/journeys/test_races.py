"""Many at once, on an AWS with real transactions."""

import secrets
from collections import Counter
from concurrent.futures import ThreadPoolExecutor

import pytest

from chalicelib.domain.errors import Refusal
from chalicelib.domain.ids import Ids
from chalicelib.domain.inviting import MOST_AT_ONCE, Invitee
from chalicelib.domain.links import Purpose
from chalicelib.domain.people import Account
from chalicelib.ports import Ports
from chalicelib.usecases import chats, inviting, joining, links_of
from chalicelib.usecases.proving import Proof
from tests.journeys.inside import account_of, ports_on, workspace_of
from tests.journeys.system import System

pytestmark = [pytest.mark.embedded, pytest.mark.slow]
ROUNDS, AT_ONCE = 100, 16
# "busy" is for whoever's call timed out on a slow machine: they may ask again.
_ANSWERS = {"joined", "invitation_accepted", "busy"}


def test_16_parallel_accepts_of_one_link_give_one_participant_in_each_of_100_rounds(system: System) -> None:
    with ports_on(system) as ports:
        owner, workspace = workspace_of(ports, "races")
        invitees = [Invitee(email=f"round-{number}@races.example") for number in range(ROUNDS)]
        assert len(invitees) <= MOST_AT_ONCE
        made = inviting.create_chat(ports, owner, workspace.id, invitees, "", Ids(secrets.token_bytes))
        people = [_account(ports, number) for number in range(AT_ONCE)]
        wrong = []
        with ThreadPoolExecutor(AT_ONCE) as pool:
            for seat in made.seats:
                token = links_of.join_url(ports, seat, Purpose.MAILED).rpartition("/")[2]
                answers = Counter(pool.map(lambda person, token=token: _joined(ports, token, person), people))
                seated = [one for one in chats.participants(ports, made.chat.id) if one.seat_id == seat.id]
                winner = next(person for person in people if person.id == seated[0].account_id) if seated else None
                if len(seated) != 1 or answers["joined"] > 1 or set(answers) - _ANSWERS or winner is None:
                    wrong.append((seat.email, answers, seated))
                    continue
                chats.remove(ports, winner, made.chat.id, winner.id)
        assert wrong == []


def _account(ports: Ports, number: int) -> Account:
    account = account_of(ports, f"racer-{number}@races.example", f"Racer {number}")
    assert ports.accounts.add(account)
    return account


def _joined(ports: Ports, token: str, person: Account) -> str:
    """Whoever loses is told why."""
    try:
        joining.join(ports, token, person, Proof(confirmed=True))
    except Refusal as refusal:
        return refusal.code
    return "joined"
