"""E-mail as the rest of the system sees it. What comes in is judged in `usecases/incoming_mail.py`, before the queue."""

from collections.abc import Mapping
from typing import Any, ClassVar

from ...domain.incoming_mail import MailAnswer
from ...domain.providers import Provider
from ...domain.relaying import InboundEvent
from ..specification import ProviderSpecification


class MailSpecification(ProviderSpecification):
    """Its one setting is the system's own, for the mails of everybody are answered there: `MAIL_IN_DOMAIN`."""

    provider: ClassVar[Provider] = Provider.MAIL

    def __init__(self, environ: Mapping[str, str], stage: str) -> None:
        self._is_configured = bool(environ.get("MAIL_IN_DOMAIN"))

    @property
    def is_configured(self) -> bool:
        return self._is_configured

    def inbound_events(self, kept: Mapping[str, Any]) -> list[InboundEvent]:
        return MailAnswer(
            id=kept["id"],
            chat_id=kept["chat_id"],
            account_id=kept["account_id"],
            texts=tuple(kept["texts"]),
            files=tuple(kept.get("files", ())),
            mail_id=kept.get("mail_id", ""),
        ).events


SPECIFICATION = MailSpecification
