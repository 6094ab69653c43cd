"""Mail that comes in, in one process: raw bytes in the bucket, SES's event, the function, and the relay's queue behind it."""

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from email.message import EmailMessage
from email.policy import SMTP
from itertools import count

from chalicelib.events import incoming_mail, relay
from chalicelib.usecases import invitation_links
from local.playground.answers import event
from tests.support import rights
from tests.support.app import World, keys_in_memory
from tests.support.relay_in_memory import Queue

DOMAIN = "r.chat.test"
PROVEN = dict.fromkeys(("spf", "dkim", "dmarc", "spam", "virus"), "PASS")
_numbers = count(1)


@dataclass
class Mailroom:
    """A world that receives mail at `r.chat.test`."""

    world: World
    queue: Queue = field(init=False)

    def __post_init__(self) -> None:
        self.queue = Queue(self.world.now)
        self.world.use(mail_in_domain=DOMAIN, relay_queue=self.queue)

    def address(self, chat: str, invitation: str) -> str:
        known = self.world.ports.invitations.get(chat, invitation)
        assert known
        return invitation_links.reply_address(self.world.ports, known)

    def receives(
        self, raw: bytes, to: str | Sequence[str], sender: str = "somebody@mail.example", **verdicts: str
    ) -> None:
        """SES got it, and everything follows that follows."""
        mail_id = f"ses{next(_numbers):012d}"
        recipients = [to] if isinstance(to, str) else list(to)
        self.world.ports.file_store.put(f"mail/{mail_id}", raw)
        received = event(mail_id, raw, recipients, sender, PROVEN | verdicts)
        for _ in range(2):  # Lambda brings an event at least once
            with rights.acting_as("mail_in"):
                incoming_mail.handle(received)
        assert f"mail/{mail_id}" not in keys_in_memory() or len(raw) > 40 * 1024 * 1024
        self.works()

    def works(self) -> None:
        """The relay takes what is in its queue, each body twice, as queues do."""
        for bodies in self.queue.groups.values():
            while bodies:
                body = bodies.popleft()
                for _ in range(2):
                    with rights.acting_as("relay"):
                        relay._work(json.loads(body))
        self.world.settle()


def mail(text: str, sender: str, to: str, **headers: str) -> bytes:
    """An answer as a mail program writes it; `headers` with `_` for `-` are added, or stand instead of its own."""
    message = EmailMessage(policy=SMTP)
    message["From"], message["To"], message["Subject"] = sender, to, "Re: Mara invites you"
    message["Message-ID"] = f"<{next(_numbers)}@mail.example>"
    for name, value in headers.items():
        del message[name.replace("_", "-")]
        message[name.replace("_", "-")] = value
    message.set_content(text)
    return message.as_bytes()
