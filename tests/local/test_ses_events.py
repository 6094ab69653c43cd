"""The playground's SES speaks as SES does, and as nobody else."""

from typing import Any

import pytest

from local.http import Refused
from local.playground.ses_events import details

TO, NOW = ["dana@acme.example"], "2026-11-27T09:00:00.000Z"


def bounce(**given: Any) -> dict[str, Any]:
    name, part = details("bounce", TO, NOW, given)
    assert name == "bounce"
    return part


def test_nothing_chosen_is_a_mailbox_that_does_not_exist() -> None:
    assert bounce()["bounceType"] == "Permanent"
    assert bounce(bounceType=None)["bouncedRecipients"] == [
        {
            "emailAddress": TO[0],
            "action": "failed",
            "status": "5.1.1",
            "diagnosticCode": "smtp; 550 5.1.1 user unknown",
        }
    ]


@pytest.mark.parametrize("kind", ["Transient", "Undetermined"])
def test_an_automatic_reply_has_no_delivery_status(kind: str) -> None:
    assert bounce(bounceType=kind)["bouncedRecipients"] == [{"emailAddress": TO[0]}]
    assert "reportingMTA" not in bounce(bounceType=kind)


def test_one_code_speaks_for_the_other() -> None:
    (by_status,) = bounce(bounceType="Transient", status="5.7.1")["bouncedRecipients"]
    assert by_status["diagnosticCode"].startswith("smtp; 550 5.7.1")
    (by_text,) = bounce(diagnosticCode="smtp; 452 4.2.2 full")["bouncedRecipients"]
    assert by_text["status"] == "4.2.2"


def test_what_is_chosen_stands_in_the_event() -> None:
    assert bounce(bounceSubType="MailboxFull")["bounceType"] == "Transient"
    assert bounce(recipient="other@acme.example")["bouncedRecipients"][0]["emailAddress"] == "other@acme.example"
    assert details("delay", TO, NOW, {"delayType": "MailboxFull"})[1]["delayType"] == "MailboxFull"
    assert details("delay", TO, NOW, {})[0] == "deliveryDelay"
    assert details("reject", TO, NOW, {"reason": "Bad content"}) == ("reject", {"reason": "Bad content"})
    complaint = details("complaint", TO, NOW, {"complaintSubType": "OnAccountSuppressionList"})[1]
    assert (complaint["complaintSubType"], complaint["complaintFeedbackType"]) == ("OnAccountSuppressionList", None)
    assert details("complaint", TO, NOW, {})[1]["complaintFeedbackType"] == "abuse"


@pytest.mark.parametrize(
    ("kind", "given"),
    [
        ("bounce", {"bounceType": "Hard"}),
        ("bounce", {"status": "550"}),
        ("bounce", {"delayType": "MailboxFull"}),
        ("bounce", {"recipient": 5}),
        ("complaint", {"complaintFeedbackType": "spam"}),
        ("delay", {"delayType": "Later"}),
        ("delivery", {"status": "2.0.0"}),
    ],
)
def test_what_ses_never_says_is_refused(kind: str, given: dict[str, Any]) -> None:
    with pytest.raises(Refused) as refused:
        details(kind, TO, NOW, given)
    assert refused.value.status == 422
