"""What leaves for SES, as bytes: structured headers whole, names encoded, the parameter the bare address."""

import base64
import json
import re
from email import message_from_bytes
from email.header import decode_header, make_header
from email.policy import default
from email.utils import parseaddr
from typing import Any

import pytest
from botocore.awsrequest import AWSResponse
from moto.core.botocore_stubber import MockRawResponse

from chalicelib.gateways import aws
from chalicelib.gateways.mime import mime
from chalicelib.ports import MailWaits, OutgoingMail
from local.embedded import ses_rules
from tests.support.app import REGION, World

SENDER = "invitations@webtop.example"
LONG = "d" * 60 + "@" + ".".join(["s" * 60] * 3) + ".example"
LINK = "<https://chat.test/unsubscribe/" + "AbC-_9" * 100 + ">"
NAMES = [
    "Mara Lindqvist",
    "Mara Lindqvist über Webtop",
    "李小龍 via Webtop",
    "Doe, Jane (EXT)",
    "ü" * 60,
    "👩\u200d🚀 Ann",
]


def mail(**given: Any) -> OutgoingMail:
    whole = {"to": "dana@acme.example", "from_name": "Mara", "subject": "Hello", "text": "Hi\n", "html": "<p>Hi</p>"}
    return OutgoingMail(**{**whole, **given})


def head(raw: bytes) -> list[bytes]:
    """The lines of the header, as they stand."""
    return raw.partition(b"\r\n\r\n")[0].split(b"\r\n")


@pytest.mark.parametrize("name", NAMES)
def test_no_address_and_no_link_is_encoded_or_folded(name: str) -> None:
    headers = (("List-Unsubscribe", LINK), ("List-Unsubscribe-Post", "List-Unsubscribe=One-Click"))
    lines = head(mime(mail(from_name=name, to=LONG, reply_to=LONG, headers=headers), SENDER))
    assert f"List-Unsubscribe: {LINK}".encode() in lines
    assert b"List-Unsubscribe-Post: List-Unsubscribe=One-Click" in lines
    assert f"To: {LONG}".encode() in lines
    assert f"Reply-To: {LONG}".encode() in lines
    assert any(line.endswith(f"<{SENDER}>".encode()) for line in lines)


@pytest.mark.parametrize("name", NAMES)
def test_names_and_subjects_are_read_as_they_were_written(name: str) -> None:
    raw = mime(mail(from_name=name, subject=f"{name}: come in", text=f"{name}\n", html=f"<p>{name}</p>"), SENDER)
    read = message_from_bytes(raw, policy=default)
    # Python's newer reader leaves blanks between encoded words that belong together; RFC 2047 doesn't.
    assert parseaddr(str(make_header(decode_header(message_from_bytes(raw)["From"])))) == (name, SENDER)
    assert read["Subject"] == f"{name}: come in"
    body = read.get_body(("plain",))
    assert body is not None
    assert body.get_content().splitlines() == [name]


@pytest.mark.parametrize("name", NAMES)
def test_all_is_ascii_and_no_encoded_word_is_too_long(name: str) -> None:
    raw = mime(mail(from_name=name, subject=name, text=name * 50, html=name * 50), SENDER)
    assert raw.isascii()
    assert max(len(line) for line in raw.split(b"\r\n")) <= 998
    assert all(len(word) <= 75 for word in re.findall(rb"=\?[^? ]+\?[bq]\?[^? ]*\?=", raw, re.IGNORECASE))


def test_a_line_break_in_a_header_is_an_error() -> None:
    with pytest.raises(ValueError, match="linefeed"):
        mime(mail(subject="Hello\r\nBcc: everybody@acme.example"), SENDER)


def test_ses_is_told_the_bare_address(world: World) -> None:
    sent: list[dict[str, Any]] = []
    events = aws.client("sesv2", REGION).meta.events

    def note(request: Any, **_: Any) -> None:
        sent.append(json.loads(request.body))

    events.register("before-send.sesv2.SendEmail", note)
    try:
        world.ports.mailer.send(mail(from_name="Mara Lindqvist über Webtop"))
    finally:
        events.unregister("before-send.sesv2.SendEmail", note)
    assert [item["FromEmailAddress"] for item in sent] == [SENDER]
    assert [ses_rules.refused(item) for item in sent] == [""]
    assert b"=?utf-8?" in base64.b64decode(sent[0]["Content"]["Raw"]["Data"])


@pytest.mark.parametrize(
    "wrong",
    [
        {"FromEmailAddress": "Mara über Webtop <invitations@webtop.example>"},
        {"Destination": {"ToAddresses": ["jörg@acme.example"]}},
        {"Content": {"Raw": {"Data": base64.b64encode("From: Mara über <a@b.c>\r\n\r\nHi".encode()).decode()}}},
        {"Content": {"Raw": {"Data": base64.b64encode(b"Subject: " + b"x" * 998 + b"\r\n\r\nHi").decode()}}},
    ],
)
def test_the_stand_in_refuses_what_ses_refuses(wrong: dict[str, Any]) -> None:
    assert ses_rules.refused(wrong)
    assert not ses_rules.refused({"FromEmailAddress": SENDER, "Destination": {"ToAddresses": ["dana@acme.example"]}})


@pytest.mark.parametrize(
    ("code", "message", "seconds"),
    [
        ("TooManyRequestsException", "Maximum sending rate exceeded.", 10),
        ("TooManyRequestsException", "Daily message quota exceeded.", 900),
        ("LimitExceededException", "", 900),
        ("SendingPausedException", "Email sending is disabled for your account.", 900),
        ("AccountSuspendedException", "", 900),
        ("AccessDeniedException", "not authorized to perform ses:SendEmail", 900),
    ],
)
def test_what_concerns_the_account_is_no_fault_of_the_mail(world: World, code: str, message: str, seconds: int) -> None:
    def refuse(**_: Any) -> AWSResponse:
        fault = MockRawResponse(json.dumps({"message": message}))
        return AWSResponse("", 400, {"x-amzn-errortype": code}, fault)  # type: ignore[arg-type]

    events = aws.client("sesv2", REGION).meta.events
    events.register_first("before-send.sesv2.SendEmail", refuse)
    try:
        with pytest.raises(MailWaits) as waits:
            world.ports.mailer.send(mail())
    finally:
        events.unregister("before-send.sesv2.SendEmail", refuse)
    assert (waits.value.what, waits.value.seconds) == (f"{code}: {message}", seconds)
