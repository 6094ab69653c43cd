"""Who may invite whom into a Slack workspace as what, and every answer of Slack's as a sentence that helps."""

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from chalicelib.domain import errors
from chalicelib.providers.slack.colleagues.answers import must_stop, needs_authorization, of_error
from chalicelib.providers.slack.colleagues.rules import (
    LONGEST_MESSAGE,
    MOST_AT_ONCE,
    Channel,
    ColleagueOutcome,
    InviteKind,
    InviteMode,
    SlackRole,
    SlackWorkspace,
    Wanted,
    channels_for,
    refuse_unless_possible,
    steps,
)
from local.slack.invitations import INVITE_ERRORS, SHARED_ERRORS
from local.slack.reference import COMMON_ERRORS

TODAY = date(2026, 11, 23)
EMAIL = "eve@acme.example"
EVERY_ERROR = INVITE_ERRORS | SHARED_ERRORS | COMMON_ERRORS | {"ratelimited", "unknown_method", "invalid_arguments"}
UNKNOWN = of_error(EMAIL, "what_is_this").message


@pytest.mark.parametrize("code", sorted(EVERY_ERROR))
def test_a_documented_error_is_a_clear_sentence_about_the_typed_address(code: str) -> None:
    result = of_error(EMAIL, code)
    assert (result.email, result.code) == (EMAIL, code)
    assert result.outcome in (ColleagueOutcome.REFUSED, ColleagueOutcome.ALREADY_IN_TEAM)
    assert result.message != UNKNOWN
    assert result.message.endswith(".")
    assert "_" not in result.message
    assert 20 <= len(result.message) <= 120


@pytest.mark.parametrize("code", ["", "unknown", "what_is_this", "<script>", "x" * 5_000])
def test_an_error_that_nobody_documented_loses_no_address_either(code: str) -> None:
    assert of_error(EMAIL, code).message == UNKNOWN
    assert (of_error(EMAIL, code).email, of_error(EMAIL, code).outcome) == (EMAIL, ColleagueOutcome.REFUSED)


def test_who_is_there_already_is_no_failure() -> None:
    existing = {code for code in EVERY_ERROR if of_error(EMAIL, code).outcome is not ColleagueOutcome.REFUSED}
    assert existing == {"already_in_team", "already_in_team_invited_user", "already_in_channel"}


def test_slack_says_how_long_to_wait() -> None:
    told = of_error(EMAIL, "ratelimited", 17)
    assert (told.wait, "17 seconds" in told.message, must_stop(told)) == (17, True, True)
    assert must_stop(of_error(EMAIL, "ratelimit"))
    assert not must_stop(of_error(EMAIL, "internal_error"))


@pytest.mark.parametrize("code", ["token_revoked", "invalid_auth", "account_inactive", "missing_scope", "not_authed"])
def test_an_authorization_that_ended_is_asked_for_again_and_not_tried_further(code: str) -> None:
    assert needs_authorization([of_error(EMAIL, "invalid_email"), of_error(EMAIL, code)])
    assert must_stop(of_error(EMAIL, code))


def workspace(plan: str, role: str) -> SlackWorkspace:
    return SlackWorkspace(
        team_id="T1",
        team_name="Acme",
        plan=plan,
        role=SlackRole(role),
        channels=(Channel("C1", "general"), Channel("C2", "random")),
    )


BOTH, MEMBERS = (InviteKind.MEMBERS, InviteKind.GUESTS), (InviteKind.MEMBERS,)


@pytest.mark.parametrize(
    ("plan", "role", "mode", "kinds"),
    [
        ("enterprise", "owner", InviteMode.API, BOTH),
        ("enterprise", "admin", InviteMode.API, BOTH),
        ("compliance", "admin", InviteMode.API, BOTH),
        ("enterprise", "member", InviteMode.GUIDE, MEMBERS),
        ("plus", "owner", InviteMode.GUIDE, BOTH),
        ("std", "admin", InviteMode.GUIDE, BOTH),
        ("plus", "member", InviteMode.GUIDE, MEMBERS),
        ("free", "owner", InviteMode.GUIDE, MEMBERS),
        ("free", "admin", InviteMode.GUIDE, MEMBERS),
        ("free", "member", InviteMode.GUIDE, MEMBERS),
        ("", "owner", InviteMode.GUIDE, MEMBERS),
        ("something new", "admin", InviteMode.GUIDE, MEMBERS),
        ("enterprise", "guest", InviteMode.GUIDE, MEMBERS),
    ],
)
def test_the_choices_are_those_that_will_work(
    plan: str, role: str, mode: InviteMode, kinds: tuple[InviteKind, ...]
) -> None:
    assert (workspace(plan, role).mode, workspace(plan, role).kinds) == (mode, kinds)


GRID = workspace("enterprise", "admin")
AS_MEMBERS = Wanted(emails=(EMAIL,), kind=InviteKind.MEMBERS, channel_ids=())
AS_GUESTS = Wanted(emails=(EMAIL,), kind=InviteKind.GUESTS, channel_ids=("C1",))


@pytest.mark.parametrize(
    "wanted",
    [
        AS_MEMBERS,
        replace(AS_MEMBERS, channel_ids=("C1", "C2")),
        replace(AS_MEMBERS, emails=(EMAIL,) * MOST_AT_ONCE),
        replace(AS_MEMBERS, message="m" * LONGEST_MESSAGE),
        AS_GUESTS,
        replace(AS_GUESTS, channel_ids=("C1", "C2")),
        replace(AS_GUESTS, expires_on=date(2026, 11, 24)),
    ],
)
def test_what_can_be_sent(wanted: Wanted) -> None:
    refuse_unless_possible(GRID, wanted, TODAY)


WRONG: list[tuple[Wanted, str, str]] = [
    (replace(AS_MEMBERS, emails=()), "emails", "how_many"),
    (replace(AS_MEMBERS, emails=(EMAIL,) * (MOST_AT_ONCE + 1)), "emails", "how_many"),
    (replace(AS_MEMBERS, channel_ids=("C9",)), "channel_ids", "unknown_channel"),
    (replace(AS_MEMBERS, channel_ids=("C1", "C9")), "channel_ids", "unknown_channel"),
    (replace(AS_MEMBERS, expires_on=date(2027, 1, 1)), "expires_on", "guests_only"),
    (replace(AS_MEMBERS, message="m" * (LONGEST_MESSAGE + 1)), "message", "too_long"),
    (replace(AS_GUESTS, channel_ids=()), "channel_ids", "required"),
    (replace(AS_GUESTS, expires_on=TODAY), "expires_on", "past"),
    (replace(AS_GUESTS, expires_on=date(2026, 1, 1)), "expires_on", "past"),
]


@pytest.mark.parametrize(("wanted", "field", "code"), WRONG)
def test_what_is_refused_before_anything_is_sent(wanted: Wanted, field: str, code: str) -> None:
    assert _refused(GRID, wanted) == (field, code)


@pytest.mark.parametrize(("plan", "role"), [("free", "owner"), ("free", "admin"), ("plus", "member"), ("", "owner")])
def test_guests_are_for_owners_and_admins_of_paid_workspaces(plan: str, role: str) -> None:
    assert _refused(workspace(plan, role), AS_GUESTS) == ("kind", "not_here")
    refuse_unless_possible(workspace(plan, role), AS_MEMBERS, TODAY)


@pytest.mark.parametrize("plan", ["enterprise", "plus", "free", ""])
def test_a_guest_invites_nobody(plan: str) -> None:
    with pytest.raises(errors.Refusal) as refused:
        refuse_unless_possible(workspace(plan, "guest"), AS_MEMBERS, TODAY)
    assert (refused.value.kind, refused.value.code) == (errors.RefusalKind.FORBIDDEN, "slack_guest")


def test_where_channels_are_unknown_any_may_be_named() -> None:
    refuse_unless_possible(replace(GRID, channels=()), AS_GUESTS, TODAY)


SHARING = replace(
    workspace("plus", "member"),
    may_connect=True,
    shareable=(Channel("C2", "random"),),
    domains=("acme.example",),
)
BY_CONNECT = Wanted(emails=("ann@partner.example",), kind=InviteKind.CONNECT, channel_ids=("C2",))


@pytest.mark.parametrize(
    ("plan", "role", "offered"),
    [
        ("plus", "member", True),
        ("std", "owner", True),
        ("enterprise", "admin", True),
        ("free", "owner", False),
        ("", "owner", False),
        ("plus", "guest", False),
    ],
)
def test_slack_connect_is_offered_in_paid_workspaces_to_all_but_guests(plan: str, role: str, offered: bool) -> None:
    assert workspace(plan, role).connects is offered


def test_who_is_of_another_company() -> None:
    assert SHARING.is_outside("ann@partner.example")
    assert not SHARING.is_outside(EMAIL)
    assert not workspace("plus", "member").is_outside("ann@partner.example")


def test_a_channel_of_both_can_be_shared() -> None:
    refuse_unless_possible(SHARING, BY_CONNECT, TODAY)


@pytest.mark.parametrize(
    ("slack_workspace", "wanted", "field", "code"),
    [
        (replace(SHARING, plan="free"), BY_CONNECT, "kind", "not_paid"),
        (SHARING, replace(BY_CONNECT, channel_ids=()), "channel_ids", "one_channel"),
        (SHARING, replace(BY_CONNECT, channel_ids=("C2", "C2")), "channel_ids", "one_channel"),
        (SHARING, replace(BY_CONNECT, channel_ids=("C1",)), "channel_ids", "one_channel"),
        (SHARING, replace(BY_CONNECT, expires_on=date(2027, 1, 1)), "expires_on", "guests_only"),
        (SHARING, replace(BY_CONNECT, message="See https://a.example"), "message", "not_with_connect"),
        (SHARING, replace(BY_CONNECT, emails=()), "emails", "how_many"),
    ],
)
def test_what_slack_connect_cannot_do(slack_workspace: SlackWorkspace, wanted: Wanted, field: str, code: str) -> None:
    assert _refused(slack_workspace, wanted) == (field, code)


@pytest.mark.parametrize(
    ("slack_workspace", "code"),
    [(replace(SHARING, may_connect=False), "authorization_needed"), (workspace("plus", "guest"), "slack_guest")],
)
def test_slack_connect_needs_its_scope_and_no_guest(slack_workspace: SlackWorkspace, code: str) -> None:
    with pytest.raises(errors.Refusal) as refused:
        refuse_unless_possible(slack_workspace, BY_CONNECT, TODAY)
    assert (refused.value.kind, refused.value.code) == (errors.RefusalKind.FORBIDDEN, code)


@pytest.mark.parametrize(
    ("kind", "chosen", "default", "channels"),
    [
        (InviteKind.MEMBERS, (), "C1", ("C1",)),
        (InviteKind.MEMBERS, ("C2",), "C1", ("C1", "C2")),
        (InviteKind.MEMBERS, ("C2", "C1"), "C1", ("C1", "C2")),
        (InviteKind.MEMBERS, ("C2",), "", ("C2",)),
        (InviteKind.GUESTS, ("C2",), "C1", ("C2",)),
    ],
)
def test_members_get_the_default_channel_and_more_and_guests_theirs_alone(
    kind: InviteKind, chosen: tuple[str, ...], default: str, channels: tuple[str, ...]
) -> None:
    slack_workspace = replace(GRID, default_channel=default)
    assert channels_for(slack_workspace, replace(AS_MEMBERS, kind=kind, channel_ids=chosen)) == channels


def test_slack_wants_a_channel() -> None:
    with pytest.raises(errors.Refusal):
        channels_for(GRID, AS_MEMBERS)


def test_the_articles_five_steps_name_the_workspace() -> None:
    assert len(steps("Acme & Söhne")) == 5
    assert "Invite people to Acme & Söhne" in steps("Acme & Söhne")[1]


def _refused(slack_workspace: SlackWorkspace, wanted: Wanted) -> tuple[Any, Any]:
    with pytest.raises(errors.Refusal) as refused:
        refuse_unless_possible(slack_workspace, wanted, TODAY)
    problem = refused.value.fields[0]
    return problem.field, problem.code
