"""Pages in the reader's language, and what refusals say."""

from pathlib import Path

import pytest
from jinja2 import UndefinedError

from chalicelib.domain import errors
from chalicelib.domain.names import TINTS, tint
from chalicelib.domain.people import LOCALES
from chalicelib.domain.providers import Option
from chalicelib.templating import composing, pages, precompile
from chalicelib.templating.environment import COMPILED, Missing, environment


def page(folder: Path, source: str, **context: object) -> str:
    (folder / "page.html").write_text(source)
    return environment(folder, Missing).get_template("page.html").render({"locale": "en"} | context)


def test_what_people_typed_is_escaped(tmp_path: Path) -> None:
    source = "{% trans %}Hello {{ name }}{% endtrans %} {{ name }}"
    assert page(tmp_path, source, name="<b>'\"&") == "Hello &lt;b&gt;&#39;&#34;&amp; &lt;b&gt;&#39;&#34;&amp;"


def test_a_forgotten_value_is_an_error_where_it_is_shown(tmp_path: Path) -> None:
    with pytest.raises(UndefinedError):
        page(tmp_path, "{{ nothing }}")
    with pytest.raises(UndefinedError):
        page(tmp_path, "{{ me.name }}", me={})


def test_a_part_that_is_not_there_may_be_asked_for(tmp_path: Path) -> None:
    assert page(tmp_path, "{{ me.a or 'none' }}{% if b %}x{% endif %}{% if c == 1 %}y{% endif %}", me={}) == "none"


@pytest.mark.parametrize("locale", LOCALES)
def test_dates_follow_the_reader(tmp_path: Path, locale: str) -> None:
    source = "{{ at|day }}; {{ at|clock }}; {{ at|moment }}"
    words = page(tmp_path, source, at="2026-11-19T09:41:00Z", locale=locale)
    assert (
        words
        == {
            "en": "Thursday 19 November; 09:41; Thursday 19 November, 09:41 UTC",
            "de": "Donnerstag, 19. November; 09:41; Donnerstag, 19. November, 09:41 UTC",
            "es": "jueves, 19 de noviembre; 09:41; jueves, 19 de noviembre, 09:41 UTC",
            "fr": "jeudi 19 novembre; 09:41; jeudi 19 novembre à 09:41 UTC",
        }[locale]
    )


def test_the_year_is_said_where_it_is_not_this_one(tmp_path: Path) -> None:
    source = "{{ '2025-11-19T09:41:00Z'|day }}"
    assert page(tmp_path, source, now="2026-01-01T00:00:00Z") == "Wednesday 19 November 2025"
    assert page(tmp_path, source) == "Wednesday 19 November"


def test_a_persons_initials_and_tint(tmp_path: Path) -> None:
    assert page(tmp_path, "{{ 'Mara Lindqvist'|initials }} {{ 'abc'|tint }}") == f"ML {tint('abc')}"
    assert {tint(str(number)) for number in range(100)} == set(range(TINTS))


@pytest.mark.parametrize("locale", LOCALES)
def test_a_real_page_speaks_the_language(locale: str) -> None:
    context: dict[str, object] = {"me": None, "workspaces": [], "path": "/", "form": {}, "errors": {}, "notice": None}
    html = pages.render(
        "error.html",
        locale,
        static=lambda name: f"/static/1/{name}",
        status=429,
        title="T",
        detail="D",
        retry_after=120,
        **context,
    )
    assert f'<html lang="{locale}">' in html


def test_a_language_we_do_not_speak_is_answered_in_english() -> None:
    assert pages.refusal_text(errors.not_signed_in(), "xx") == "Sign in first."


class TestRefusals:
    def test_are_translated_with_their_values(self) -> None:
        refusal = errors.communicate_off("Sign in first.")
        assert pages.refusal_text(refusal, "en") == refusal.detail
        assert pages.refusal_text(refusal, "de").startswith("Communicate ist bei Sign in first. ausgeschaltet.")

    def test_parts_of_sentences_too(self) -> None:
        refusal = errors.may_not("invite people")
        assert pages.refusal_text(refusal, "es").startswith("No tiene permiso para invitar a personas.")

    @pytest.mark.parametrize(
        ("option", "words"), [(Option.TEAMS, "Microsoft Teams"), (Option.ACCOUNT, "un compte Webtop")]
    )
    def test_ways_to_join_have_names(self, option: Option, words: str) -> None:
        assert words in pages.refusal_text(errors.plan_lacks(option), "fr")

    @pytest.mark.parametrize("status", ["expired", "revoked", "declined", "accepted"])
    def test_of_an_ended_invitation_are_in_every_language(self, status: str) -> None:
        refusal = errors.invitation_over(status)
        assert len({pages.refusal_text(refusal, locale) for locale in LOCALES}) == len(LOCALES)

    def test_of_fields_are_translated_field_by_field(self) -> None:
        assert pages.field_texts(errors.wrong_field("name", "empty", "Type a name."), "de") == {
            "name": "Geben Sie einen Namen ein."
        }


def test_templates_can_be_compiled_beforehand(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for module in (pages, composing):
        folder = tmp_path / module.__name__
        folder.mkdir()
        monkeypatch.setattr(module, "TEMPLATES", folder)
        (folder / "one.html").write_text("{% trans %}Sign in{% endtrans %} {{ name }}")
        module.environment.cache_clear()
    precompile.main()
    for module in (pages, composing):
        assert list((tmp_path / module.__name__ / COMPILED).iterdir())
        (tmp_path / module.__name__ / "one.html").unlink()
        module.environment.cache_clear()
    assert pages.render("one.html", "de", name="<b>") == "Anmelden &lt;b&gt;"
    for module in (pages, composing):
        module.environment.cache_clear()
