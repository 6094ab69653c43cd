"""What is left of a person in what others keep."""

from dataclasses import replace

import pytest

from chalicelib.domain.erasing import SOMEBODY_WHO_LEFT, Leaver, invitation_without
from chalicelib.domain.invitations import Ask, AskKind
from tests.support.mail_samples import NOW, about

LEAVER = Leaver(account_id="d" * 16, name="Dana Smith", email="dana@acme.example")
OTHERS = Ask(id="o", kind=AskKind.JOIN, asked_at=NOW, account_id="x" * 16, name="Nora", email="nora@elsewhere.example")


@pytest.mark.requirement("A47")
@pytest.mark.parametrize(
    "theirs",
    [
        replace(OTHERS, id="t", account_id=LEAVER.account_id, email=""),
        replace(OTHERS, id="t", account_id="", email=LEAVER.email),
    ],
    ids=["by account", "by mail"],
)
def test_what_they_asked_goes_and_what_others_asked_stays(theirs: Ask) -> None:
    change = invitation_without(replace(about().invitation, asks=(OTHERS, theirs)), LEAVER)
    assert change is not None
    assert change.after.asks == (OTHERS,)


def test_who_has_no_address_takes_no_ask_without_one_along() -> None:
    nobody = replace(LEAVER, email="")
    invitation = replace(about().invitation, asks=(replace(OTHERS, email=""),))
    assert invitation_without(invitation, nobody) is None


def test_their_own_invitation_names_neither_them_nor_an_address() -> None:
    own = replace(about().invitation, account_id=LEAVER.account_id, name=LEAVER.name, account_email=LEAVER.email)
    change = invitation_without(own, LEAVER)
    assert change is not None
    assert (change.after.name, change.after.email, change.after.account_email) == (SOMEBODY_WHO_LEFT, "", "")
