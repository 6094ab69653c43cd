"""Letters that wait to be sent, and the secrets that their links stand for."""

from datetime import datetime, timedelta
from secrets import token_hex

from ..domain.letters import Letter, LetterKind, LetterState, Secret, Use
from . import items, keys
from .border import conditions, guarded
from .items import AccountItem, LetterItem, SecretItem
from .reading import maybe
from .transactions import Patient

_CLAIM, _KEPT = timedelta(minutes=1), timedelta(days=2)


@guarded
class Letters:
    def add(self, letter: Letter) -> None:
        _letter_item(letter).save()

    def add_once(self, letter: Letter) -> bool:
        """False where a letter with this id was promised before."""
        with conditions() as outcome:
            _letter_item(letter).save(LetterItem.pk.does_not_exist())
        return outcome.held

    def add_in_turn(self, letter: Letter, now: datetime, pause: timedelta) -> bool:
        """To an account, at most one in each `pause`: the letter and the time of it together. False where it isn't time yet."""
        long_ago = AccountItem.missed_at.does_not_exist() | (AccountItem.missed_at <= now - pause)
        with conditions() as outcome, items.transaction() as write:
            write.save(_letter_item(letter), condition=LetterItem.pk.does_not_exist())
            write.update(
                AccountItem(keys.account(letter.account_id), "A"),
                actions=[AccountItem.missed_at.set(now)],
                condition=AccountItem.pk.exists() & long_ago,
            )
        return outcome.held

    def get(self, letter_id: str) -> Letter | None:
        item = items.get(LetterItem, f"L#{letter_id}", "L")
        return _letter(item) if item else None

    def claim(self, letter_id: str, now: datetime) -> bool:
        """True for one caller at a time, for a minute; False once it is sent or while somebody sends it."""
        free = LetterItem.claim.does_not_exist() | (LetterItem.claim < now)
        with conditions() as outcome:
            LetterItem(f"L#{letter_id}", "L").update(
                [LetterItem.claim.set(now + _CLAIM)], (LetterItem.state == str(LetterState.QUEUED)) & free
            )
        return outcome.held

    def release(self, letter_id: str) -> None:
        LetterItem(f"L#{letter_id}", "L").update([LetterItem.claim.remove()])

    def finish(self, letter_id: str, state: LetterState, now: datetime) -> None:
        """What waited in the letter is no longer needed there."""
        LetterItem(f"L#{letter_id}", "L").update(
            [
                LetterItem.state.set(state),
                LetterItem.email.remove(),
                LetterItem.detail.remove(),
                LetterItem.password_hash.remove(),
                LetterItem.name.remove(),
                LetterItem.workspace.remove(),
            ]
        )


@guarded
class Secrets:
    """Known by the hash of the token; the token is known to the mailbox only."""

    def put(self, token_hash: str, secret: Secret) -> None:
        SecretItem(
            f"X#{token_hash}",
            "X",
            purpose=secret.purpose,
            email=secret.email,
            expires_at=secret.expires_at,
            locale=secret.locale,
            account_id=secret.account_id,
            name=secret.name,
            password_hash=secret.password_hash,
            workspace=secret.workspace,
            workspace_id=secret.workspace_id,
            role=secret.role,
            next=secret.next,
            detail=secret.detail,
            gone_at=secret.expires_at,
        ).save()

    def peek(self, token_hash: str, holder: str = "") -> Secret | None:
        """None for a link that is unknown, or was used by anybody but this holder."""
        item = items.get(SecretItem, f"X#{token_hash}", "X")
        return maybe(_secret, item) if item and item.holder in ("", holder) else None

    def consume(self, token_hash: str) -> Secret | None:
        """The secret for exactly one caller; None for every other."""
        secret = self.peek(token_hash)
        if secret is None:
            return None
        item, holder = SecretItem(f"X#{token_hash}", "X"), token_hex(8)
        unused = SecretItem.pk.exists() & SecretItem.holder.does_not_exist()
        with conditions() as outcome:
            item.update([SecretItem.holder.set(holder), SecretItem.password_hash.remove()], unused)
        if not outcome.held:  # by somebody else, or by this very call, whose first answer was lost
            there = items.get(SecretItem, item.pk, item.sk)
            return secret if there is not None and there.holder == holder else None
        return secret


def use_up(write: Patient, use: Use) -> None:
    """In the transaction that does what the link is for: both happen, or neither."""
    write.update(
        SecretItem(f"X#{use.token_hash}", "X"),
        actions=[SecretItem.holder.set(use.holder), SecretItem.password_hash.remove()],
        condition=SecretItem.pk.exists() & SecretItem.holder.does_not_exist(),
    )


def _letter_item(letter: Letter) -> LetterItem:
    return LetterItem(
        f"L#{letter.id}",
        "L",
        id=letter.id,
        letter_kind=letter.kind,
        email=letter.email,
        created_at=letter.created_at,
        locale=letter.locale,
        name=letter.name,
        password_hash=letter.password_hash,
        workspace=letter.workspace,
        workspace_id=letter.workspace_id,
        role=letter.role,
        next=letter.next,
        account_id=letter.account_id,
        chat_id=letter.chat_id,
        seat_id=letter.seat_id,
        detail=letter.detail,
        state=letter.state,
        gone_at=letter.created_at + _KEPT,
    )


def _letter(item: LetterItem) -> Letter:
    return Letter(
        id=item.id,
        kind=LetterKind(item.letter_kind),
        email=item.email,
        created_at=item.created_at,
        locale=item.locale,
        name=item.name,
        password_hash=item.password_hash,
        workspace=item.workspace,
        workspace_id=item.workspace_id,
        role=item.role,
        next=item.next,
        account_id=item.account_id,
        chat_id=item.chat_id,
        seat_id=item.seat_id,
        detail=item.detail,
        state=LetterState(item.state),
    )


def _secret(item: SecretItem) -> Secret:
    return Secret(
        purpose=LetterKind(item.purpose),
        email=item.email,
        expires_at=item.expires_at,
        locale=item.locale,
        account_id=item.account_id,
        name=item.name,
        password_hash=item.password_hash,
        workspace=item.workspace,
        workspace_id=item.workspace_id,
        role=item.role,
        next=item.next,
        detail=item.detail,
        is_used=bool(item.holder),
    )
