"""What may happen once is a condition in the table: counters, keys of requests, secrets, claims, membership."""

from datetime import UTC, datetime, timedelta

import pytest

from chalicelib.domain.errors import Refusal
from chalicelib.domain.notifications import NotificationKind, OneTimeToken
from chalicelib.domain.people import Role
from chalicelib.ports import Answer, Limit
from tests.support.app import World
from tests.support.aws_calls import lost, watched
from tests.support.sample_chat import OWNER, Scene

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
SECRET = OneTimeToken(purpose=NotificationKind.SIGN_IN, email="a@b.example", expires_at=NOW + timedelta(hours=1))


@pytest.mark.requirement("A11")
def test_a_limit_counts_to_its_end_and_names_itself(world: World) -> None:
    attempts = world.ports.rate_limiter
    small, large = Limit("small", 2, 60), Limit("large", 9, 60)
    assert [attempts.reserve([large, small], NOW) for _ in range(3)] == [None, None, small]
    assert attempts.reserve([large], NOW) is None
    assert attempts.reserve([small], NOW + timedelta(minutes=1)) is None


def test_a_given_back_try_is_free_again(world: World) -> None:
    attempts, limit = world.ports.rate_limiter, Limit("x", 1, 60)
    assert attempts.reserve([limit], NOW) is None
    attempts.give_back([limit], NOW)
    assert attempts.reserve([limit], NOW) is None
    assert attempts.reserve([limit], NOW) == limit


@pytest.mark.requirement("A06")
def test_a_request_s_key_is_held_by_one_until_its_lease_is_over(world: World) -> None:
    once = world.ports.idempotency
    assert once.begin("key", "body", NOW) is None
    for fingerprint, code in (("body", "in_progress"), ("other", "idempotency_key_reused")):
        with pytest.raises(Refusal) as refusal:
            once.begin("key", fingerprint, NOW + timedelta(seconds=40))
        assert refusal.value.code == code
    assert once.begin("key", "body", NOW + timedelta(seconds=46)) is None
    once.finish("key", Answer(201, "done", ("cookie",)))
    assert once.begin("key", "body", NOW + timedelta(hours=23)) == Answer(201, "done", ("cookie",))
    with pytest.raises(Refusal):
        once.begin("key", "other", NOW + timedelta(hours=23))


@pytest.mark.requirement("A06", "A36")
def test_one_s_own_write_whose_answer_was_lost_is_recognised(world: World) -> None:
    once, secrets = world.ports.idempotency, world.ports.one_time_tokens
    secrets.put("hash", SECRET)
    with watched() as calls:
        calls.at[1] = lost
        assert once.begin("key", "body", NOW) is None
    with watched() as calls:
        calls.at[2] = lost
        assert secrets.consume("hash") == SECRET
    assert secrets.consume("hash") is None
    assert secrets.peek("hash") is None


def test_an_answer_of_any_size_is_kept(world: World) -> None:
    """Five hundred invitations with the longest addresses are more than an item of DynamoDB holds."""
    body = "".join(f'{{"email": "{"x" * 60}{number}@{"y" * 180}.example"}}' for number in range(2500))
    assert len(body) > 500_000
    world.ports.idempotency.begin("key", "body", NOW)
    world.ports.idempotency.finish("key", Answer(201, body))
    assert world.ports.idempotency.begin("key", "body", NOW) == Answer(201, body)


def test_pages_of_members_hold_each_once_in_order(world: World) -> None:
    from chalicelib.domain.workspaces import Member

    owner = world.signs_up(OWNER)
    store, workspace = world.ports.workspaces, owner.workspace()
    for number in range(7):
        letter = chr(ord("a") + number)
        member = Member(
            workspace_id=workspace,
            account_id=letter * 16,
            name=letter,
            email=f"{letter}@b.example",
            role=Role.MEMBER,
        )
        assert store.add_member(member)
        assert not store.add_member(member)
    results: list[str] = []
    after = ""
    while True:
        page, after = store.members(workspace, 3, after)
        results += [item.account_id for item in page]
        if not after:
            break
    assert results == sorted({*(chr(ord("a") + number) * 16 for number in range(7)), owner.id})


@pytest.mark.requirement("A38")
def test_two_owners_who_let_each_other_go_at_once_leave_one(scene: Scene) -> None:
    """The second comes between the first's look and its write."""
    members = f"/workspaces/{scene.workspace}/members"
    scene.owner.patch(f"{members}/{scene.member.id}", {"role": "owner"})
    seen: list[int] = []
    with watched() as calls:

        def meanwhile(*_: object) -> None:
            if calls.made[-1] == "TransactWriteItems":
                calls.each = None
                seen.append(scene.member.patch(f"{members}/{scene.member.id}", {"role": "member"}).status)

        calls.each = meanwhile
        first = scene.owner.patch(f"{members}/{scene.owner.id}", {"role": "member"})
    assert (seen, first.status) == ([200], 409)
    roles = [item["role"] for item in scene.owner.get(members).json["items"]]
    assert roles.count("owner") == 1


def test_a_claim_on_a_mail_is_one_worker_s_for_a_minute(scene: Scene) -> None:
    scene.owner.post(f"{scene.base}/invitations", {"invitees": [{"email": "ida@fjord.example"}]})
    store = scene.world.ports.invitations
    invitation = store.get(scene.chat, scene.invitations()["ida@fjord.example"]["id"])
    assert invitation
    assert [store.claim_mail(invitation, 1, NOW) for _ in range(2)] == [True, False]
    assert store.claim_mail(invitation, 2, NOW) is False
    assert store.claim_mail(invitation, 1, NOW + timedelta(seconds=61)) is True
    store.release_mail(invitation, 1)
    assert store.claim_mail(invitation, 1, NOW) is True


@pytest.mark.slow
@pytest.mark.requirement("A40")
def test_no_item_grows_with_people_messages_or_reactions(scene: Scene) -> None:
    def sizes() -> dict[str, int]:
        kept = ("chat", "workspace", "account", "message")
        return {kind: max(len(str(item)) for item in scene.world.stored(kind)) for kind in kept}

    before = sizes()
    emails = [f"x{number}@acme.example" for number in range(60)]
    scene.owner.post(f"{scene.base}/invitations", {"invitees": [{"email": email} for email in emails]})
    for number in range(40):
        scene.guest.post(f"{scene.base}/messages", {"text": f"message {number}"})
    for person in (scene.owner, scene.member, scene.guest):
        for emoji in ("%F0%9F%91%8D", "%F0%9F%8E%89"):
            person.put(f"{scene.base}/messages/{scene.post['id']}/reactions/{emoji}")
    scene.world.settle()
    after = sizes()
    assert all(after[kind] < before[kind] + 200 for kind in before), (before, after)
