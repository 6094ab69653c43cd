"""The hourly job: run twice, at once, late or after a pause, it does each thing once; and it forgets."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from chalicelib.domain.invitations import Invitation
from chalicelib.domain.notifications import NotificationMail
from chalicelib.events import schedule
from chalicelib.storage import items
from chalicelib.storage.schedule import SHARDS
from tests.support.app import World
from tests.support.sample_chat import INVITED, OWNER, Scene
from tests.support.steps import away, hour, joins_by, later, of_table, ses_says, shows, texts

ENDED = f"The invitation for {INVITED} expired without a reply"


def told(scene: Scene) -> int:
    return sum(
        mail.subject.startswith(f"Your invitation to {INVITED} has ended")
        for mail in scene.world.mails(scene.owner.email)
    )


def lines(scene: Scene) -> list[str]:
    return [text for text in texts(scene) if "expired without a reply" in text]


@pytest.mark.requirement("A35", "A36")
class TestOnce:
    def test_the_end_is_told_once_in_the_chat_and_by_mail(self, scene: Scene) -> None:
        away(scene, days=14)
        for _ in range(3):
            hour(scene.world)
        assert lines(scene) == [ENDED]
        assert told(scene) == 1

    def test_two_runs_at_once_do_it_once(self, scene: Scene) -> None:
        scene.world.pass_time(days=12)
        with ThreadPoolExecutor(2) as pool:
            list(pool.map(lambda _: schedule.hourly(), range(2)))
        scene.world.settle()
        assert len(scene.world.mails(INVITED)) == 2
        away(scene, days=2)
        with ThreadPoolExecutor(2) as pool:
            list(pool.map(lambda _: schedule.hourly(), range(2)))
        scene.world.settle()
        assert lines(scene) == [ENDED]
        assert told(scene) == 1

    @pytest.mark.parametrize("days", [14, 17, 40, 200])
    def test_after_a_pause_of_days_the_end_is_still_told(self, scene: Scene, days: int) -> None:
        hour(scene.world)
        away(scene, days=days)
        hour(scene.world)
        assert lines(scene) == [ENDED if days < 44 else "An invitation expired without a reply"]

    def test_the_very_first_run_may_come_late(self, scene: Scene) -> None:
        away(scene, days=20)
        hour(scene.world)
        assert lines(scene) == [ENDED]

    def test_too_late_for_the_reminder_there_is_none(self, scene: Scene) -> None:
        later(scene.world, days=15)
        assert len(scene.world.mails(INVITED)) == 1

    def test_a_late_job_lets_nobody_in(self, scene: Scene) -> None:
        away(scene, days=15)
        assert scene.world.call("GET", f"/join/{scene.link}").code == "invitation_expired"

    def test_a_change_that_was_told_of_days_late_is_still_followed(self, scene: Scene) -> None:
        scene.owner.post(f"{scene.base}/invitations", {"invitees": [{"email": "liv@nord.example"}]})
        for _ in range(20):
            scene.world.pass_time(days=1)
            schedule.hourly()
        scene.world.settle()
        away(scene, hours=1)
        hour(scene.world)
        assert "The invitation for liv@nord.example expired without a reply" in texts(scene)

    def test_a_renewed_invitation_that_ends_again_is_told_again(self, scene: Scene) -> None:
        away(scene, days=14)
        hour(scene.world)
        assert scene.owner.post(f"{scene.base}/invitations/{scene.invitation}/resend").status == 200
        scene.world.settle()
        away(scene, days=14)
        hour(scene.world)
        assert lines(scene) == [ENDED, ENDED]


class TestTellingOfEnds:
    def test_one_letter_tells_of_all_that_ended_in_a_chat(self, scene: Scene) -> None:
        """S13: 68 mails went to one host in one go."""
        emails = [f"p{number}@nord.example" for number in range(25)]
        scene.owner.invites(*emails, name="Open house")
        later(scene.world, hours=1)
        before = len(scene.world.mails(OWNER))
        later(scene.world, days=15)
        told = scene.world.mails(OWNER)[before:]
        assert sorted(mail.subject for mail in told) == [
            "25 invitations to Open house have ended",
            f"Your invitation to {INVITED} has ended",
        ]
        (digest,) = [mail for mail in told if "25" in mail.subject]
        assert [email in digest.text for email in emails] == [True] * 20 + [False] * 5
        assert "Others: 5" in digest.text
        later(scene.world, hours=1)
        assert len(scene.world.mails(OWNER)) == before + 2

    def test_what_was_sent_again_meanwhile_is_not_in_it(self, scene: Scene) -> None:
        made = scene.owner.invites("ida@nord.example", "una@nord.example", name="Open house")
        scene.world.settle()
        away(scene, days=14)
        schedule.hourly()
        again = made["invitations"][0]["id"]
        assert scene.owner.post(f"/chats/{made['chat']['id']}/invitations/{again}/resend").status == 200
        scene.world.settle()
        assert "Your invitation to una@nord.example has ended" in {mail.subject for mail in scene.world.mails(OWNER)}

    def test_who_cannot_be_told_now_is_told_in_the_next_hour(self, scene: Scene) -> None:
        away(scene, days=14)

        class Broken(type(scene.world.ports.notifications)):  # type: ignore[misc]
            def add_once(self, notification: NotificationMail) -> bool:
                raise RuntimeError("a bug")

        with scene.world.using(notifications=Broken()):
            assert hour(scene.world)["left"] > 0
        assert hour(scene.world)["left"] == 0
        assert lines(scene) == [ENDED]
        assert f"Your invitation to {INVITED} has ended" in {mail.subject for mail in scene.world.mails(OWNER)}


def test_one_thing_that_fails_holds_up_nothing_else(scene: Scene) -> None:
    scene.owner.invites("liv@nord.example")
    invitations = scene.world.ports.invitations

    class Broken(type(invitations)):  # type: ignore[misc]
        def get(self, chat_id: str, invitation_id: str) -> Invitation | None:
            if invitation_id == scene.invitation:
                raise RuntimeError("a bug")
            return invitations.get(chat_id, invitation_id)

    scene.world.pass_time(days=12)
    with scene.world.using(invitations=Broken(scene.world.now)):
        counts = hour(scene.world)
    assert counts["left"] > 0
    assert len(scene.world.mails("liv@nord.example")) == 2
    assert hour(scene.world)["left"] == 0


def test_the_work_grows_with_what_is_due_and_not_with_all_invitations(world: World) -> None:
    mara = world.signs_up("mara@brightwater.example")
    mara.invites(*[f"p{number}@nord.example" for number in range(25)])
    hour(world)
    later(world, hours=1)
    reads: list[str] = []
    client = items.Item._get_connection().connection.client
    client.meta.events.register(
        "before-call.dynamodb", lambda model, **_: reads.append(model.name), unique_id="counting"
    )
    try:
        world.pass_time(hours=1)
        hour(world)
    finally:
        client.meta.events.unregister("before-call.dynamodb", unique_id="counting")
    assert "Scan" not in reads
    assert len(reads) <= 6 + 2 * SHARDS


class TestForgetting:
    def ended(self, scene: Scene, how: str) -> None:
        if how == "declined":
            scene.world.call("POST", f"/join/{scene.link}/decline", {"reason": "I know olaf@nord.example"})
        elif how == "revoked":
            scene.owner.delete(f"{scene.base}/invitations/{scene.invitation}")
        scene.world.settle()

    @pytest.mark.parametrize(("how", "days"), [("declined", 30), ("revoked", 30), ("expired", 44)])
    def test_what_ended_stays_in_the_list_for_thirty_days_and_then_goes(
        self, scene: Scene, how: str, days: int
    ) -> None:
        self.ended(scene, how)
        away(scene, days=days, hours=-1)
        hour(scene.world)
        assert shows(scene, INVITED)["status"] == how
        away(scene, hours=1)
        assert INVITED not in scene.invitations()
        hour(scene.world)
        assert INVITED not in scene.invitations()
        assert scene.world.call("GET", f"/join/{scene.link}").status == 404

    @pytest.mark.parametrize("how", ["declined", "revoked", "expired"])
    def test_the_address_goes_with_it_from_everywhere(self, scene: Scene, how: str) -> None:
        ses_says(scene.world, "Bounce", INVITED, bounceType="Transient", bounceSubType="General")
        self.ended(scene, how)
        away(scene, days=14)
        hour(scene.world)
        assert any(INVITED in text for text in texts(scene))
        away(scene, days=31)
        hour(scene.world)
        assert [text for text in texts(scene) if INVITED in text] == []
        assert of_table(scene.world, INVITED) == []

    def test_the_chat_still_tells_what_happened_without_saying_to_whom(self, scene: Scene) -> None:
        self.ended(scene, "declined")
        away(scene, days=31)
        hour(scene.world)
        assert "An invitation was declined" in texts(scene)
        assert f"Mara Lindqvist invited {INVITED}" not in " ".join(texts(scene))
        assert texts(scene)[0] == "Mara Lindqvist invited 2 people"

    def test_who_joined_is_never_forgotten(self, scene: Scene) -> None:
        scene.world.joins(INVITED, "Olaf Nord")
        for _ in range(3):
            away(scene, days=30)
            hour(scene.world)
        assert shows(scene, INVITED)["status"] == "accepted"

    def test_a_renewed_one_is_not_forgotten_at_its_old_time(self, scene: Scene) -> None:
        away(scene, days=40)
        assert scene.owner.post(f"{scene.base}/invitations/{scene.invitation}/resend").status == 200
        scene.world.settle()
        away(scene, days=6)
        hour(scene.world)
        assert shows(scene, INVITED)["status"] == "pending"
        token = scene.world.invited(INVITED)
        assert joins_by(scene.world.signs_up(INVITED, "Olaf Nord", "Nord", plan="free"), token).status == 200

    def test_a_chat_is_named_by_whom_it_was_for_until_the_ended_invitation_is_forgotten(self, world: World) -> None:
        mara = world.signs_up("mara@brightwater.example")
        made = mara.invites(INVITED)
        for days, title in ((14, INVITED), (31, "Mara Lindqvist")):
            world.pass_time(days=days)
            hour(world)
            chat, membership = world.ports.chats.with_membership(made["chat"]["id"], mara.id)
            assert chat is not None
            assert membership is not None
            assert chat.title_for(membership) == title
        assert INVITED not in str(world.stored("chat"))

    def test_in_a_chat_where_somebody_else_is_an_ended_invitation_names_nobody(self, world: World) -> None:
        mara = world.signs_up("mara@brightwater.example")
        made = mara.invites(INVITED, "dana@acme.example")
        world.joins("dana@acme.example")
        mara.delete(f"/chats/{made['chat']['id']}/invitations/{made['invitations'][0]['id']}")
        world.settle()
        chat, _ = world.ports.chats.with_membership(made["chat"]["id"], mara.id)
        assert chat is not None
        assert [each.label for each in chat.preview] == ["Mara Lindqvist", "Dana Smith"]


def test_what_could_not_be_done_stays_due_for_the_next_hour(scene: Scene) -> None:
    away(scene, days=14)
    with scene.world.using(messages=Busy()):
        assert schedule.hourly()["left"] == 1
    hour(scene.world)
    assert lines(scene) == [ENDED]


class Busy:
    def __getattr__(self, name: str) -> object:
        from chalicelib.domain import errors

        raise errors.busy()
