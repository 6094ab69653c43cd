"""10,000 steps of whatever may happen to invitations, on the real stores; a thousand of them in each run."""

from datetime import datetime

import pytest
from hypothesis import Phase
from hypothesis.stateful import run_state_machine_as_test

from chalicelib.domain.people import Account, Role
from chalicelib.domain.plans import Plan
from chalicelib.domain.workspaces import Member, Workspace
from tests.support.app import Data, built
from tests.support.effort import giant, share
from tests.support.invitation_machine import PEOPLE, Invitations, account_id

LEAST, STEPS, EXAMPLES = 10_000, 100, 130


@pytest.mark.slow
@pytest.mark.requirement("A01", "A05", "A12", "A35", "A36", "A37")
def test_whatever_happens_in_whatever_order_every_promise_is_kept_and_nobody_slips_in() -> None:
    Invitations.beginning = _beginning()
    run_state_machine_as_test(
        Invitations,
        settings=giant(EXAMPLES, stateful_step_count=STEPS, phases=[Phase.generate], report_multiple_bugs=False),
    )
    assert Invitations.steps >= share(LEAST)


def _beginning() -> Data:
    with built() as world:
        ports, now = world.ports, world.now()
        ports.schedule.all_done_until(now)
        workspace = Workspace(id="w" * 16, name="Home", plan=Plan.PRO, communicate=True, created_at=now)
        for who, email in PEOPLE.items():
            account = _account(who, email, now)
            owner = Member(workspace_id=workspace.id, account_id=account.id, name=who, email=email, role=Role.OWNER)
            mine = (workspace, owner) if who == "mara" else (None, None)
            assert ports.accounts.add(account, *mine)
        return world.data.copied()


def _account(who: str, email: str, now: datetime) -> Account:
    return Account(
        id=account_id(who), name=who, email=email, password_hash="x", locale="en", created_at=now, sessions_from=now
    )
