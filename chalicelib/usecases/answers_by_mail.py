"""An answer that was judged, on the way of everything that people write elsewhere: in order for each of them, and once."""

import json
from dataclasses import asdict

from ..domain.incoming_mail import MailAnswer, identity_of
from ..domain.providers import Provider
from ..ports import Ports


def put(ports: Ports, answer: MailAnswer) -> None:
    once = f"mail {answer.chat_id} {answer.account_id} {answer.id}"
    body = {"once": once, str(Provider.MAIL.via): asdict(answer)}
    group = f"in {identity_of(answer.account_id).key} {answer.chat_id}"
    ports.relay_queue.put(json.dumps(body, ensure_ascii=False), group, once)
