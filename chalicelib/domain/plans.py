"""The plans and what each allows. The plan that counts is the inviter's workspace's plan now, at every step."""

from dataclasses import dataclass
from enum import StrEnum

from . import errors
from .providers import OPTIONS_ELSEWHERE, OPTIONS_HERE, Option


class Plan(StrEnum):
    FREE = "free"
    PRO = "pro"
    ENTERPRISE = "enterprise"


@dataclass(frozen=True, slots=True)
class Allowance:
    options: tuple[Option, ...]
    mails_in_24_h: int
    people_in_a_chat: int
    file_bytes: int


_MB = 1024 * 1024
_EVERYWHERE = (*OPTIONS_HERE, *OPTIONS_ELSEWHERE)

ALLOWANCES = {
    Plan.FREE: Allowance((*OPTIONS_HERE, Option.MAIL), 20, 10, 5 * _MB),
    Plan.PRO: Allowance(_EVERYWHERE, 500, 250, 25 * _MB),
    Plan.ENTERPRISE: Allowance(_EVERYWHERE, 5_000, 1_000, 100 * _MB),
}


def offered(plan: Plan, configured: frozenset[Option]) -> tuple[Option, ...]:
    """The ways to join that this plan has and this deployment can play."""
    return tuple(option for option in ALLOWANCES[plan].options if option in OPTIONS_HERE or option in configured)


def refuse_unless_offered(option: Option, plan: Plan, configured: frozenset[Option]) -> None:
    if option not in offered(plan, configured):
        raise errors.plan_lacks(option)
