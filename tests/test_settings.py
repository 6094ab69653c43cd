"""What only one machine may be told is refused elsewhere."""

import pytest

from chalicelib import settings
from tests.support.app import ENVIRONMENT

DEPLOYED = {name: value for name, value in ENVIRONMENT.items() if not name.startswith("AWS_ENDPOINT")} | {
    "STAGE": "prod",
    "PUBLIC_URL": "https://chat.example.com",
    "RECEIPT_KEYS": "r" * 40,
}


@pytest.mark.requirement("A37", "A39")
@pytest.mark.parametrize("name", ["AWS_ENDPOINT_URL", "AWS_ENDPOINT_URL_DYNAMODB", "CLOCK_FILE"])
@pytest.mark.parametrize("stage", ["dev", "prod"])
def test_another_aws_and_another_clock_are_for_one_machine(stage: str, name: str) -> None:
    deployed = DEPLOYED | {"STAGE": stage}
    assert settings.read(deployed).stage == stage
    with pytest.raises(settings.SettingsWrong, match=name):
        settings.read(deployed | {name: "http://127.0.0.1:9"})
