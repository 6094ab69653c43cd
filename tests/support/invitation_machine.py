"""Invitations under everything at once: actions, crashes, duplicates, reorderings and clock jumps, one step after the other.

Each step is one thing that somebody does or that a queue brings. The stream's records come one by one, in order for each
key and in any order between keys, perhaps twice; mails are sent in any order, perhaps twice; a process may die before
any call to AWS. After each step what lies in the table must be possible, and what was mailed must have been right.
"""

import functools
import json
from collections import Counter, defaultdict
from collections.abc import Callable
from contextlib import ExitStack
from datetime import timedelta
from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from chalicelib.domain import links
from chalicelib.domain.errors import Refusal
from chalicelib.domain.ids import Ids
from chalicelib.domain.invitations import Invitation, Status
from chalicelib.domain.inviting import Invitee
from chalicelib.domain.links import Purpose
from chalicelib.domain.people import Account, Unreachable
from chalicelib.ports import OutgoingMail
from chalicelib.storage import changes as stream
from chalicelib.storage import items, mapping
from chalicelib.usecases import (
    asking,
    changes,
    ending,
    feedback,
    hourly,
    invitations,
    inviting,
    joining,
    mailbox,
    mails,
    notifications,
    proving,
)
from chalicelib.usecases.feedback import MailEvent, MailEventKind
from tests.support.app import Data, World, built
from tests.support.aws_calls import watched

ADDRESSES = ("ann@acme.example", "ben@nord.example", "cleo@tide.example")
PEOPLE = {"mara": "mara@home.example", "ann": ADDRESSES[0], "eve": "eve@x.example", "joe": "j@x.example"}
KEY = "m" * 40
JUMPS = (timedelta(minutes=11), timedelta(minutes=11), timedelta(hours=1), timedelta(days=1), timedelta(days=12))


class Killed(BaseException):
    """The process is gone, between two calls to AWS."""


class Post:
    """Takes every mail and judges it at that very moment."""

    def __init__(self, machine: "Invitations") -> None:
        self.machine, self.sent = machine, Counter[tuple[str, int]]()
        self.known: list[tuple[str, str]] = []

    def send(self, mail: OutgoingMail) -> str:
        tags = dict(mail.tags)
        if "seat" in tags:
            self.machine.judge(tags["seat"], mail.to)
            self.sent[tags["seat"], int(tags["number"])] += 1
        self.known.append((f"ses-{len(self.known)}", mail.to))
        return self.known[-1][0]


_NTH, _MANY = st.integers(0, 7), st.integers(0, 40)
_ADDRESS = st.sampled_from(ADDRESSES)
_STEPS: dict[str, tuple[int, tuple[Any, ...]]] = {
    "create": (1, (st.sets(st.sampled_from((*ADDRESSES, "mara@home.example")), min_size=1), _MANY)),
    "invite": (2, (_ADDRESS, st.integers(0, 1), _MANY)),
    "repeat": (1, ()),
    "accept": (5, (_NTH, st.sampled_from(list(PEOPLE)), st.booleans(), st.booleans(), st.sampled_from((0, 0, 0, 1)))),
    "decline": (1, (_NTH, st.sampled_from(("", "", "", "inviter", "workspace", "everyone")))),
    "handle": (
        6,
        (_NTH, st.sampled_from(("resend", "resend", "revoke", "fix", "fix", "remove", "ask", "allow", "refuse"))),
    ),
    "own_mailbox": (2, (_ADDRESS, st.sampled_from(("let", "let", "let", "let", "stop", "erase")))),
    "ses_says": (3, (st.sampled_from(list(MailEventKind)), _MANY, st.booleans())),
    "stream": (9, (_MANY, st.integers(1, 6), st.booleans())),
    "send": (6, (_MANY, st.booleans())),
    "hour": (3, (st.integers(1, 2),)),
    "time_passes": (3, (st.sampled_from(JUMPS),)),
    "will_die": (3, (st.integers(0, 12),)),
}
_SOMETHING = st.sampled_from([name for name, (weight, _) in _STEPS.items() for _ in range(weight)]).flatmap(
    lambda name: st.tuples(st.just(name), *_STEPS[name][1])
)


class Invitations(RuleBasedStateMachine):
    """From `beginning`: Mara with her company, and three accounts; Ann owns an invited address. `steps` were made in all."""

    beginning: Data
    steps = 0

    def __init__(self) -> None:
        super().__init__()
        self.open = ExitStack()

    @initialize()
    def begin(self) -> None:
        self.world: World = self.open.enter_context(built(Invitations.beginning.copied()))
        self.post = Post(self)
        self.world.use(mailer=self.post, mail_queue=self, words=lambda language: ["a"] * 2048, link_keys=(KEY,))
        self.accounts = {who: self._known(who) for who in PEOPLE}
        self.calls = self.open.enter_context(watched())
        self.calls.each = self._pass
        self.records: dict[str, list[Any]] = defaultdict(list)
        self.bodies: list[str] = []
        self.chats: list[str] = []
        self.left_to_live: int | None = None
        self.deaths: Counter[tuple[str, int]] = Counter()
        self.begun: list[tuple[Callable[[Ids], Any], str]] = []
        self.create(set(ADDRESSES[:2]), 0)

    @rule(step=_SOMETHING)
    def something_happens(self, step: tuple[str, Any]) -> None:
        """One rule for all, for Hypothesis would leave whole rules out of an example."""
        Invitations.steps += 1
        getattr(self, step[0])(*step[1:])

    # What people do

    def create(self, invited: set[str], at: int) -> None:
        if len(self.chats) < 2:
            invitees = [Invitee(email=email) for email in sorted(invited)]
            self._begin(lambda ids: inviting.create_chat(self.ports, self.mara, "w" * 16, invitees, "", ids), at)

    def invite(self, email: str, chat: int, at: int) -> None:
        if chat < len(self.chats):
            to, invitees = self.chats[chat], [Invitee(email=email)]
            self._begin(lambda ids: inviting.invite(self.ports, self.mara, to, invitees, ids), at)

    def repeat(self) -> None:
        """Somebody whose answer never came asks again, with the same Idempotency-Key."""
        if self.begun:
            self._do(lambda: self.begun[-1][0](self._ids(self.begun[-1][1])))

    def accept(self, invited: int, who: str, copied: bool, confirmed: bool, older: int) -> None:
        invitation = self._invitation(invited)
        if invitation is None:
            return
        purpose = Purpose.COPIED if copied else Purpose.MAILED
        token = links.make(KEY, purpose, invitation.chat_id, invitation.id, max(1, invitation.generation - older))
        proof = proving.Proof(confirmed=confirmed)
        before, now = invitation, self.ports.now()
        if self._do(lambda: joining.join(self.ports, token, self.account(who), proof)):
            again = before.status is Status.ACCEPTED and before.account_id == self.account(who).id
            assert again or before.is_open_at(now), f"{before.status_at(now)} let somebody in"
            assert older == 0 or before.generation == 1, "a dead link let somebody in"

    def decline(self, invited: int, block: str) -> None:
        if invitation := self._invitation(invited):
            token = links.make(KEY, Purpose.MAILED, invitation.chat_id, invitation.id, invitation.generation)
            self._do(lambda: joining.decline(self.ports, token, joining.DeclineRequest("no", block), proving.Proof()))

    def handle(self, invited: int, what: str) -> None:
        invitation = self._invitation(invited)
        if invitation is None:
            return
        at, fixed = (
            (invitation.chat_id, invitation.id),
            ADDRESSES[(ADDRESSES.index(invitation.email) + 1) % 3] if invitation.email else "",
        )
        token = links.make(KEY, Purpose.MAILED, *at, invitation.generation)
        asked = invitation.asks[0].id if invitation.asks else "renew"
        self._do(
            {
                "resend": lambda: invitations.resend(self.ports, self.mara, *at, self._ids(f"again {len(self.begun)}")),
                "revoke": lambda: invitations.revoke(self.ports, self.mara, *at),
                "fix": lambda: invitations.fix_address(self.ports, self.mara, *at, fixed),
                "remove": lambda: ending.remove(
                    self.ports, self.mara, invitation.chat_id, invitation.account_id or "nobody"
                ),
                "ask": lambda: asking.ask(self.ports, token, self.account("eve"), None),
                "allow": lambda: asking.answer(self.ports, self.mara, *at, asked, allow=True),
                "refuse": lambda: asking.answer(self.ports, self.mara, *at, asked, allow=False),
            }[what]
        )

    def own_mailbox(self, email: str, what: str) -> None:
        do = {"let": mailbox.unsuppress, "stop": mailbox.suppress, "erase": mailbox.erase}[what]
        self._do(lambda: do(self.ports, email))

    def ses_says(self, kind: MailEventKind, nth: int, final: bool) -> None:
        if self.post.known:
            ses_id, to = self.post.known[nth % len(self.post.known)]
            dead = kind is MailEventKind.HARD_BOUNCE and final and nth % 7 == 0
            why = Unreachable.COMPLAINED if kind is MailEventKind.COMPLAINED else Unreachable.BOUNCED if dead else None
            event = MailEvent(ses_id=ses_id, kind=kind, suppresses=why, recipients=[to])
            self._do(lambda: feedback.record_event(self.ports, event))

    # What follows

    def stream(self, key: int, many: int, twice: bool) -> None:
        """Some records of one key, in their order; perhaps the last of them comes again."""
        keys = [item for item, waiting in self.records.items() if waiting]
        for _ in range(many if keys else 0):
            waiting = self.records[keys[key % len(keys)]]
            if not waiting or not self._do(functools.partial(self._tell, waiting[0]), refusals=False):
                return
            if not (twice and len(waiting) == 1):
                waiting.pop(0)
            twice = False

    def send(self, nth: int, twice: bool) -> None:
        if self.bodies:
            at = nth % len(self.bodies)
            if self._do(lambda: self._mail(self.bodies[at]), refusals=False) and not twice:
                self.bodies.pop(at)

    def hour(self, times: int) -> None:
        for _ in range(times):
            self._do(lambda: hourly.run(self.ports), refusals=False)

    def time_passes(self, jump: timedelta) -> None:
        self.world.pass_time(seconds=jump.total_seconds())

    def will_die(self, calls: int) -> None:
        """The next process that makes so many calls doesn't survive them."""
        self.left_to_live = calls

    # What must hold

    @invariant()
    def participants_are_those_who_accepted(self) -> None:
        if not hasattr(self, "world"):
            return
        invitations, places = self._stored()
        assert all(count == 1 for count in Counter((place.chat_id, place.invitation_id) for place in places).values())
        taken = {
            invitation.id: invitation.account_id
            for invitation in invitations
            if invitation.is_taken and invitation.chat_id in self._real_chats()
        }
        sitting = {place.invitation_id: place.account_id for place in places if place.invitation_id != "founder"}
        assert {invitation: sitting.get(invitation) for invitation in taken} == taken
        assert {invitation for invitation in sitting if invitation not in taken} <= {
            invitation.id for invitation in invitations if not invitation.was_mailed
        }

    @invariant()
    def no_mail_is_sent_more_often_than_processes_died_over_it(self) -> None:
        for mail, count in self.post.sent.items() if hasattr(self, "post") else ():
            assert count <= 1 + self.deaths[mail], f"mail {mail} went {count} times"

    def judge(self, invitation_id: str, to: str) -> None:
        """At the moment of a mail: its invitation is open, it goes to its address, and that address wants it."""
        (invitation,) = [item for item in self._stored()[0] if item.id == invitation_id]
        assert invitation.is_open_at(self.ports.now()), (
            f"mail for an invitation that is {invitation.status_at(self.ports.now())}"
        )
        assert invitation.email == to
        address = self.ports.accounts.addresses([to])[to]
        assert not address.blocks_mail_from(invitation.inviter_id, invitation.workspace_id)

    def teardown(self) -> None:
        """Left alone, the system finishes by itself: every promise is kept."""
        if hasattr(self, "world"):
            self.left_to_live = None
            for _ in range(3):
                self._drain()
                hourly.run(self.ports)
                self.world.pass_time(days=1, hours=1)
            self._drain()
            self._everything_was_kept()
        self.open.close()

    def _everything_was_kept(self) -> None:
        for invitation in self._stored()[0]:
            if invitation.chat_id in self._real_chats() and invitation.mail and invitation.is_open_at(self.ports.now()):
                mail = invitation.mail
                waits = mail.state == "delayed" and mail.done < mail.wanted
                assert waits or mail.done == mail.wanted, f"a mail was promised and never sent: {mail}"
                sent = self.post.sent[invitation.id, mail.wanted]
                assert waits or sent >= 1 or mail.state == "bounced", f"{mail} was never sent"
        self.participants_are_those_who_accepted()

    def _drain(self) -> None:
        while any(self.records.values()) or self.bodies:
            for waiting in list(self.records.values()):
                while waiting:
                    self._tell(waiting.pop(0))
            while self.bodies:
                self._mail(self.bodies.pop())
            self._take_records()

    # How it is played

    @property
    def ports(self) -> Any:
        return self.world.ports

    @property
    def mara(self) -> Account:
        return self.account("mara")

    def account(self, who: str) -> Account:
        return self.accounts[who]

    def _known(self, who: str) -> Account:
        account: Account | None = self.ports.accounts.get(account_id(who))
        assert account is not None
        return account

    def put(self, bodies: list[str], seconds: int = 0) -> None:
        """As the mail queue."""
        self.bodies.extend(bodies)

    def _begin(self, do: Callable[[Ids], Any], at: int) -> None:
        seed = f"{len(self.begun)}-{at}"
        self.begun.append((do, seed))
        self._do(lambda: do(self._ids(seed)))

    def _ids(self, seed: str) -> Ids:
        return Ids(lambda count: b"x" * count, f"seed {seed}")

    def _do(self, work: Callable[[], Any], refusals: bool = True) -> bool:
        """True where it came to its end. Whoever dies leaves everything as it lies."""
        try:
            work()
        except Refusal as refusal:
            if not refusals and refusal.code != "busy":
                raise
            return False
        except Killed:
            return False
        finally:
            self._take_records()
        return True

    def _pass(self, event_name: str, request: Any) -> None:
        if self.left_to_live is not None:
            self.left_to_live -= 1
            if self.left_to_live < 0:
                self.left_to_live = None
                raise Killed

    def _tell(self, record: Any) -> None:
        change = stream.change(record)
        if change is not None:
            changes.handle_change(self.ports, change)

    def _mail(self, text: str) -> None:
        body = json.loads(text)
        if "letter" in body:
            notifications.send_notification(self.ports, body["letter"], last_try=False)
            return
        try:
            done = mails.send_invitation(self.ports, body["chat"], body["seat"], body["number"], last_try=False)
        except Killed:
            self.deaths[body["seat"], body["number"]] += 1
            raise
        if not done:
            raise Killed  # it comes again

    def _take_records(self) -> None:
        """Out of moto, which would copy them with every transaction."""
        waiting = self.world.data.stream
        for item in waiting:
            record = item.to_json()
            self.records[record["dynamodb"]["Keys"]["pk"]["S"]].append(record)
        waiting.clear()
        seen = {key for key in self.world.data.items if str(key.value).startswith("C#")}
        self.chats = sorted(self._real_chats()) if len(seen) != len(self.chats) else self.chats

    def _invitation(self, nth: int) -> Invitation | None:
        invitations = [
            invitation
            for invitation in self._stored()[0]
            if invitation.chat_id in self._real_chats() and invitation.was_mailed
        ]
        return invitations[nth % len(invitations)] if invitations else None

    def _real_chats(self) -> set[str]:
        return {
            str(key.value).removeprefix("C#")
            for key, part in self.world.data.items.items()
            if str(key.value).startswith("C#") and any(str(sk.value) == "C" for sk in part)
        }

    def _stored(self) -> tuple[list[Invitation], list[Any]]:
        invitations, memberships = [], []
        for key, part in self.world.data.items.items():
            if not str(key.value).startswith(("C#", "A#")):
                continue
            for sk, item in part.items():
                if str(sk.value).startswith("C#"):
                    read = items.Item.from_raw_data(
                        {name: entry.to_regular_json() for name, entry in item.attrs.items()}
                    )
                    if isinstance(read, items.InvitationItem):
                        invitations.append(mapping.invitation(read))
                    elif isinstance(read, items.MembershipItem):
                        memberships.append(mapping.membership(read))
        return sorted(invitations, key=lambda invitation: invitation.id), memberships


def account_id(who: str) -> str:
    return (who * 16)[:16]
