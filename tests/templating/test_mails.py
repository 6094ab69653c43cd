"""What every mail promises, in every language."""

import re
from dataclasses import replace
from email.headerregistry import Address
from email.message import EmailMessage

import pytest

from chalicelib.domain.notifications import About, NotificationKind
from chalicelib.domain.people import LOCALES
from chalicelib.domain.plans import Plan
from chalicelib.domain.providers import Option
from chalicelib.templating.composing import SUBJECT
from chalicelib.templating.mails import MailTexts
from tests.support.mail_samples import (
    CHECK,
    CHECKED,
    INVITED,
    INVITER,
    MAILED,
    STOP,
    URL,
    WAYS,
    WITHOUT_BUTTON,
    Html,
    Typed,
    about,
    every_mail,
    in_every_language,
    invitation,
    links_in,
    notification,
)

MAILS = dict(in_every_language())
LONG = dict(
    in_every_language(Typed.everywhere("Wolfeschlegelsteinhausenbergerdorff Kraftfahrzeughaftpflicht Abteilung"))
)


def test_text_and_html_say_the_same() -> None:
    def bare(words: str) -> str:
        return re.sub(r"[\s:]", "", words)

    for name, mail in MAILS.items():
        text = re.sub(r"https?://\S+|^-- $", "", mail.text, flags=re.MULTILINE)
        assert bare(Html(mail.html).words) == "Webtop" + bare(text), name


def test_one_link_leads_on_and_all_others_are_small_print_of_ours() -> None:
    for name, mail in MAILS.items():
        for links in (Html(mail.html).links, links_in(mail.text)):
            assert links.count(URL) == (0 if name.startswith(WITHOUT_BUTTON) else 1), name
            assert set(links) <= {URL, f"{URL}?step=decline", STOP, CHECK}


@pytest.mark.parametrize("locale", LOCALES)
def test_the_mail_with_a_code_has_no_link_but_the_code(locale: str) -> None:
    mail = every_mail(locale)["code"]
    assert Html(mail.html).links == links_in(mail.text) == []
    assert "482913" in mail.subject
    assert "482913" in mail.text
    assert "482913" in Html(mail.html).words


def test_the_subject_is_one_short_line() -> None:
    for mail in (*MAILS.values(), *LONG.values()):
        assert mail.subject == " ".join(mail.subject.split())
        assert 0 < len(mail.subject) <= SUBJECT


def test_nothing_is_loaded_from_anywhere() -> None:
    for mail in MAILS.values():
        assert not {"img", "link", "script", "iframe", "form", "object", "video"} & set(Html(mail.html).tags)
        assert "url(" not in mail.html


def test_each_says_that_a_program_wrote_it() -> None:
    for mail in MAILS.values():
        headers = dict(mail.headers)
        assert headers["Auto-Submitted"] == "auto-generated"
        assert headers["X-Auto-Response-Suppress"] == "All"


def test_each_can_be_sent_as_it_is() -> None:
    for mail in (*MAILS.values(), *LONG.values()):
        message = EmailMessage()
        message["Subject"] = mail.subject
        message["From"] = Address(mail.from_name, addr_spec="invitations@webtop.example")
        for name, value in mail.headers:
            message[name] = value
        message.set_content(mail.text)
        message.add_alternative(mail.html, subtype="html")
        assert message.as_bytes()


def test_each_language_speaks_for_itself() -> None:
    for name in every_mail("en"):
        assert len({MAILS[f"{name} ({locale})"].text for locale in LOCALES}) == len(LOCALES), name
    for locale in LOCALES:
        assert f'<html lang="{locale}"' in MAILS[f"invitation ({locale})"].html


class TestInvitation:
    def test_names_who_invites_to_what_for_whom_until_when_and_why(self) -> None:
        text = invitation(about()).text
        for fact in (
            "Mara Lindqvist",
            "Brightwater Studio",
            "“Spring launch”",
            INVITED,
            "Monday 7 December, 14:00 UTC",
        ):
            assert fact in text
        assert "You’re receiving this because Mara invited you." in text

    def test_answers_go_to_the_inviter(self) -> None:
        mail = invitation(about())
        assert mail.reply_to == INVITER
        assert "Your reply to this e-mail goes to Mara." in mail.text

    def test_promises_no_answer_where_the_inviter_has_no_address(self) -> None:
        mail = invitation(about(), inviter_email="not an\r\naddress")
        assert mail.reply_to == ""
        assert "answer" not in mail.text

    def test_can_be_unsubscribed_from_with_one_click(self) -> None:
        headers = dict(invitation(about()).headers)
        assert headers["List-Unsubscribe"] == f"<{STOP}>"
        assert headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"

    def test_carries_its_ids_for_the_mail_services_reports(self) -> None:
        assert invitation(about()).tags == (("chat", "c" * 16), ("seat", "s" * 16))

    def test_comes_from_the_inviter_via_webtop(self) -> None:
        assert invitation(about()).from_name == "Mara Lindqvist via Webtop"

    def test_says_block_or_report_in_small_print(self) -> None:
        mail = invitation(about())
        assert f"{URL}?step=decline" in mail.text
        assert f"{URL}?step=decline" in Html(mail.html).links

    def test_shows_the_check_words_only_if_there_are_any(self) -> None:
        assert "copper, lantern, fern" in invitation(about(), ways=CHECKED).text
        assert "Check words" not in invitation(about()).text

    def test_names_the_short_code_and_the_page_where_it_is_typed(self) -> None:
        mail = invitation(about(), ways=CHECKED)
        assert "Check code: abcde-fghij" in mail.text
        assert links_in(mail.text).count(CHECK) == Html(mail.html).links.count(CHECK) == 1
        assert "/check" not in invitation(about()).text

    @pytest.mark.parametrize(
        ("plan", "configured", "promised"),
        [
            (Plan.PRO, frozenset(Option), "a new one, Slack or Microsoft Teams."),
            (Plan.PRO, frozenset({Option.SLACK}), "a new one or Slack."),
            (Plan.PRO, frozenset({Option.TEAMS}), "a new one or Microsoft Teams."),
            (Plan.FREE, frozenset(Option), "a Webtop account or a new one."),
        ],
    )
    def test_promises_the_ways_to_join_that_it_has(
        self, plan: Plan, configured: frozenset[Option], promised: str
    ) -> None:
        it = about()
        mail = MailTexts(configured).invitation(replace(it, workspace=replace(it.workspace, plan=plan)), INVITER, WAYS)
        assert promised in mail.text

    def test_speaks_the_workspaces_language_where_none_was_chosen(self) -> None:
        it = about()
        german = About(replace(it.invitation, locale=""), it.chat, replace(it.workspace, locale="de"))
        assert invitation(german).subject == "Mara Lindqvist lädt Sie zu „Spring launch“ ein"


class TestLetters:
    def test_sign_up_is_to_be_confirmed(self) -> None:
        mail = notification(NotificationKind.SIGN_UP)
        assert mail.subject == "Confirm your address for Webtop"
        assert "24 hours" in mail.text

    def test_sign_up_of_an_address_with_an_account_says_so_and_offers_to_sign_in(self) -> None:
        mail = notification(NotificationKind.SIGN_UP, has_account=True)
        assert mail.subject == "You have a Webtop account already"
        assert "30 minutes" in mail.text

    @pytest.mark.parametrize("kind", [NotificationKind.SIGN_UP, NotificationKind.SIGN_IN, NotificationKind.RESET])
    def test_letters_that_a_stranger_can_cause_carry_nothing_that_they_typed(self, kind: NotificationKind) -> None:
        typed = Typed(name="Cheap watches", workspace="Buy now")
        for has_account in (False, True):
            mail = notification(kind, typed, has_account=has_account)
            assert not re.search("Cheap|Buy", mail.subject + mail.from_name + mail.text + mail.html)

    def test_an_added_member_is_told_by_whom_and_to_what(self) -> None:
        mail = notification(NotificationKind.JOIN_WORKSPACE)
        assert mail.subject == "Mara Lindqvist invited you to join Brightwater Studio"
        assert "7 days" in mail.text

    def test_letters_have_no_list_to_leave(self) -> None:
        for kind in MAILED:
            assert "List-Unsubscribe" not in dict(notification(kind).headers)


def test_the_inviters_notices_carry_no_tags_of_the_invitation() -> None:
    for name in ("ask", "renew", "bounced", "declined", "expired"):
        assert every_mail("en")[name].tags == ()


def test_missed_messages_can_be_stopped() -> None:
    mail = every_mail("en")["missed"]
    assert STOP in links_in(mail.text)
    assert dict(mail.headers)["List-Unsubscribe"] == f"<{STOP}>"


def test_who_asks_is_shown_with_address_and_platform() -> None:
    text = every_mail("en", Typed(name="Dana"))["ask"].text
    assert "Who asks: Dana\nAddress: dana@acme.example\nFrom: Slack (Dana)" in text


def test_names_and_lines_in_a_mail_run_as_their_own_letters_do() -> None:
    """A Hebrew name turns nothing of the sentence around it; what was written has its own direction."""
    html = every_mail("en", Typed(name="דנה"))["invitation"].html
    assert "\u2068דנה\u2069 invites you" in html
    assert "\u2068" not in every_mail("en", Typed(name="Dana"))["invitation"].html
    missed = every_mail("en")["missed"].html
    assert 'dir="auto"' in missed
    assert '<span dir="auto">' in missed
    assert "\u2068\u2068" not in html
