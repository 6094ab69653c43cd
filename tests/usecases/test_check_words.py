"""The check words of an invitation: the same for both sides, in one language."""

from dataclasses import replace

from chalicelib.gateways.words import word_list
from chalicelib.usecases import invitation_links
from tests.support.app import PASSWORD
from tests.support.form_browser import Browser, visible
from tests.support.sample_chat import OWNER, Scene
from tests.support.steps import shows


def test_the_words_are_of_the_mail_s_language_whatever_either_reads_in(scene: Scene) -> None:
    """M27: a German got "goose, drop, few". Both must see the same: so they go by the mail, not by who looks."""
    email = "ole@fjord.example"
    body = {"invitees": [{"email": email, "locale": "de"}]}
    scene.owner.post(f"{scene.base}/invitations", body)
    scene.owner.patch(f"/workspaces/{scene.workspace}", {"locale": "es"})
    scene.owner.patch("/me", {"locale": "fr"})
    scene.world.settle()
    words = shows(scene, email)["three_words"]
    assert set(words) <= set(word_list("de"))
    assert ", ".join(words) in scene.world.last_mail(email).text
    for lang in ("en", "de", "fr"):
        page = Browser(scene.world).open(f"/join/{scene.world.invited(email)}?lang={lang}")
        assert ", ".join(words) in visible(page.html)
    inviter = Browser(scene.world)
    inviter.signs_in(OWNER, PASSWORD)
    assert ", ".join(words) in visible(inviter.open(f"{scene.base}?people=1").html)


def test_who_was_invited_before_words_had_a_language_keeps_those_in_their_mail(scene: Scene) -> None:
    record = scene.world.ports.invitations.get(scene.chat, scene.invitation)
    assert record is not None
    before = replace(record, locale="de", words_in="")
    assert set(invitation_links.three_words(scene.world.ports, before)) <= set(word_list("en"))
