"""What SES says about our mails, through SNS."""

from typing import Any


def handle(event: dict[str, Any]) -> None:
    return None
