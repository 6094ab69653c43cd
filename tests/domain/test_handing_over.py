"""The rules of handing over, without anything around them."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from chalicelib.domain import handing_over, mail_providers
from chalicelib.domain.chats import ChatRole
from chalicelib.domain.errors import Refusal
from chalicelib.domain.invitations import Ask, AskKind, AskState, HandedOver, Invitation, Status
from chalicelib.domain.links import Purpose
from chalicelib.domain.plans import Plan
from chalicelib.domain.workspaces import HandOverPolicy, Workspace

NOW = datetime(2026, 11, 27, 9, 0, tzinfo=UTC)
WORKSPACE = Workspace(id="w", name="Brightwater", plan=Plan.PRO, communicate=True, created_at=NOW)
INVITATION = Invitation(
    chat_id="c",
    id="i",
    workspace_id="w",
    status=Status.PENDING,
    role=ChatRole.EXTERNAL,
    email="olaf@nord.example",
    created_at=NOW,
    expires_at=NOW + timedelta(days=14),
)


def ask(name: str, state: AskState = AskState.OPEN) -> Ask:
    return Ask(
        id=name, kind=AskKind.HAND_OVER, asked_at=NOW, state=state, email=f"{name}@fjord.example", note="He runs it"
    )


def move(old: str, new: str) -> HandedOver:
    return HandedOver(id=f"{old}{new}", from_email=f"{old}@fjord.example", to_email=f"{new}@fjord.example", at=NOW)


@pytest.mark.parametrize(
    ("domain", "public"),
    [
        ("gmail.com", True),
        ("web.de", True),
        ("yahoo.fr", True),
        ("yahoo.co.uk", True),
        ("outlook.com.br", True),
        ("box.fastmail.com", True),
        ("163.com", True),
        ("nord.example", False),
        ("live.nord.example", False),
        ("notgmail.com", False),
        ("yahoo.nord.com", False),
        ("gmail.nord.example", False),
    ],
)
def test_which_domains_anybody_can_have_an_address_at(domain: str, public: bool) -> None:
    assert mail_providers.is_public(domain) is public


@pytest.mark.parametrize(
    ("policy", "mine", "other", "passes"),
    [
        (HandOverPolicy.SAME_DOMAIN, "olaf@nord.example", "jonas@nord.example", True),
        (HandOverPolicy.SAME_DOMAIN, "olaf@nord.example", "jonas@team.nord.example", False),
        (HandOverPolicy.SAME_DOMAIN, "olaf@team.nord.example", "jonas@nord.example", False),
        (HandOverPolicy.SAME_DOMAIN, "olaf@gmail.com", "jonas@gmail.com", False),
        (HandOverPolicy.ASK, "olaf@nord.example", "jonas@nord.example", False),
        (HandOverPolicy.OFF, "olaf@nord.example", "jonas@nord.example", False),
    ],
)
def test_what_needs_no_answer(policy: HandOverPolicy, mine: str, other: str, passes: bool) -> None:
    workspace, invitation = replace(WORKSPACE, hand_over=policy), replace(INVITATION, email=mine)
    assert handing_over.needs_no_answer(workspace, invitation, other) is passes


@pytest.mark.parametrize(
    ("policy", "moves", "purpose", "proved", "code"),
    [
        (HandOverPolicy.ASK, 0, Purpose.MAILED, False, ""),
        (HandOverPolicy.ASK, 1, Purpose.COPIED, True, ""),
        (HandOverPolicy.ASK, 0, Purpose.COPIED, False, "code_needed"),
        (HandOverPolicy.ASK, 2, Purpose.MAILED, False, "hand_over_limit"),
        (HandOverPolicy.OFF, 2, Purpose.COPIED, False, "hand_over_off"),
    ],
)
def test_who_may_hand_over(policy: HandOverPolicy, moves: int, purpose: Purpose, proved: bool, code: str) -> None:
    workspace = replace(WORKSPACE, hand_over=policy)
    invitation = replace(INVITATION, handed_over=tuple(move(f"p{at}", f"p{at + 1}") for at in range(moves)))
    assert handing_over.is_offered(invitation, workspace) is (code in ("", "code_needed"))
    if not code:
        handing_over.refuse_unless_may_hand_over(invitation, workspace, purpose, proved)
        return
    with pytest.raises(Refusal) as refusal:
        handing_over.refuse_unless_may_hand_over(invitation, workspace, purpose, proved)
    assert refusal.value.code == code


def test_the_same_address_is_the_same_ask_and_a_sixth_is_too_many() -> None:
    five = tuple(ask(f"p{at}") for at in range(5))
    assert handing_over.with_ask(five, replace(ask("again"), email="p3@fjord.example")) == five
    with pytest.raises(Refusal) as refusal:
        handing_over.with_ask(five, ask("p5"))
    assert refusal.value.code == "too_many_asks"
    refused = handing_over.with_refusal(five, "p0")
    assert [item.id for item in handing_over.with_ask(refused, ask("p5"))] == ["p0", "p1", "p2", "p3", "p4", "p5"]


@pytest.mark.requirement("A40", "A47")
def test_a_refused_one_keeps_no_address_and_few_of_them_are_kept() -> None:
    asks: tuple[Ask, ...] = (
        Ask(id="dana", kind=AskKind.JOIN, asked_at=NOW, state=AskState.REFUSED, email="d@x.example"),
    )
    for number in range(30):
        asks = tuple(handing_over.with_refusal(handing_over.with_ask(asks, ask(f"p{number}")), f"p{number}"))
    assert len(asks) == 1 + 6
    assert asks[0].email == "d@x.example"
    assert {(item.email, item.note) for item in asks[1:]} == {("", "")}


def test_an_ask_waits_only_while_the_invitation_is_open() -> None:
    invitation = replace(INVITATION, asks=(ask("jonas"),))
    assert [item.id for item in invitation.asks_at(NOW)] == ["jonas"]
    assert invitation.asks_at(NOW + timedelta(days=14)) == ()
    assert replace(invitation, status=Status.DECLINED).asks_at(NOW) == ()


@pytest.mark.requirement("A47")
def test_an_erased_address_leaves_asks_and_chain() -> None:
    invitation = replace(
        INVITATION, asks=(ask("jonas"), ask("liv")), handed_over=(move("ann", "jonas"), move("jonas", "olaf"))
    )
    asks, moves = handing_over.without_address(invitation, "jonas@fjord.example")
    assert [item.id for item in asks] == ["liv"]
    assert [(item.from_email, item.to_email) for item in moves] == [
        ("ann@fjord.example", ""),
        ("", "olaf@fjord.example"),
    ]
    erased = replace(invitation, asks=asks, handed_over=moves)
    assert erased.named_addresses == {"ann@fjord.example", "olaf@fjord.example", "liv@fjord.example"}
