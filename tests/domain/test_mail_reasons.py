"""What a bounce means is read from the far server's codes first, and from SES's label where they say nothing."""

import pytest

from chalicelib.domain.mail_reasons import Bounce, Fate, MailReason, fate_of, is_address_wrong, read_bounce, sentence_of

R = MailReason


@pytest.mark.parametrize(
    ("kind", "subtype", "sentences", "reason", "is_permanent", "address_is_gone"),
    [
        ("Permanent", "General", ("5.1.1", "smtp; 550 5.1.1 user unknown"), R.NO_MAILBOX, True, True),
        ("Permanent", "NoEmail", (), R.NO_MAILBOX, True, True),
        ("Permanent", "General", (), R.REFUSED, True, True),
        ("Permanent", "General", ("5.0.0", "smtp; 550 Requested action not taken"), R.REFUSED, True, True),
        ("Permanent", "General", ("5.7.1", "smtp; 550 5.7.1 Message blocked"), R.POLICY, True, False),
        ("Permanent", "General", ("5.7.1", "smtp; 550 5.1.1 user unknown"), R.POLICY, True, False),
        ("Permanent", "General", ("5.1.1", "smtp; 554 5.7.606 Access denied"), R.POLICY, True, False),
        ("Permanent", "General", ("5.1.10",), R.NO_MAIL_DOMAIN, True, True),
        ("Permanent", "General", ("5.1.8", "smtp; 550 5.1.8 Bad sender"), R.POLICY, True, False),
        ("Permanent", "General", ("5.2.1",), R.MAILBOX_DISABLED, True, True),
        ("Permanent", "Suppressed", ("5.1.1",), R.SUPPRESSED, True, True),
        ("Permanent", "OnAccountSuppressionList", (), R.SUPPRESSED, True, True),
        ("Transient", "General", ("5.1.1", "smtp; 550 5.1.1 No such user"), R.NO_MAILBOX, True, True),
        ("Transient", "General", ("", "smtp; 550-5.1.1 no\n550 5.1.1 such user"), R.NO_MAILBOX, True, True),
        ("Transient", "General", ("5.7.1",), R.POLICY, False, False),
        ("Transient", "General", ("4.1.1",), R.SOFT_BOUNCE, False, False),
        ("Transient", "General", (), R.AUTO_REPLY, False, False),
        ("Undetermined", "Undetermined", (), R.AUTO_REPLY, False, False),
        ("Transient", "MailboxFull", (), R.MAILBOX_FULL, False, False),
        ("Transient", "General", ("4.2.2",), R.MAILBOX_FULL, False, False),
        ("Transient", "CustomTimeoutExceeded", ("4.4.7",), R.TIMED_OUT, False, False),
        ("Transient", "ContentRejected", (), R.CONTENT, False, False),
        ("Transient", "MessageTooLarge", ("5.3.4",), R.TOO_LARGE, False, False),
        ("None", "None", ("from 10.5.1.1 at 5.1",), R.SOFT_BOUNCE, False, False),
    ],
)
def test_a_bounce_is_read(
    kind: str, subtype: str, sentences: tuple[str, ...], reason: MailReason, is_permanent: bool, address_is_gone: bool
) -> None:
    assert read_bounce(kind, subtype, sentences) == Bounce(reason, is_permanent, address_is_gone)


@pytest.mark.parametrize("reason", MailReason)
def test_each_reason_has_words_of_its_own(reason: MailReason) -> None:
    assert [mail_reason for mail_reason in MailReason if sentence_of(mail_reason) == sentence_of(reason)] == [reason]
    assert sentence_of(reason) != reason


def test_a_reason_that_was_stored_as_a_sentence_stays_one() -> None:
    assert sentence_of("their server refused the mail") == "their server refused the mail"
    assert sentence_of("") == ""


def test_what_is_known_of_the_invitation_and_what_helps() -> None:
    assert [fate_of(item) for item in (R.NO_MAILBOX, R.REJECTED, R.MAILBOX_FULL, "no such mailbox")] == [
        Fate.CAME_BACK,
        Fate.NEVER_SENT,
        Fate.UNCERTAIN,
        Fate.CAME_BACK,
    ]
    assert [is_address_wrong(mail_reason) for mail_reason in (R.NO_MAILBOX, R.POLICY, R.MAILBOX_FULL)] == [
        True,
        False,
        False,
    ]
