"""Letters that wait to be sent, and the secrets that their links stand for."""

from datetime import datetime, timedelta
from secrets import token_hex

from ..domain.notifications import NotificationMail, NotificationState, OneTimeToken, Use
from . import items, keys
from .codec import Codec
from .errors import conditional_write, translate_errors
from .items import AccountItem, NotificationItem, OneTimeTokenItem
from .reading import maybe
from .transactions import RetryingTransaction

_CLAIM, _KEPT = timedelta(minutes=1), timedelta(days=2)


@translate_errors
class Notifications:
    def add(self, notification: NotificationMail) -> None:
        notification_item(notification).save()

    def add_once(self, notification: NotificationMail) -> bool:
        with conditional_write() as outcome:
            notification_item(notification).save(NotificationItem.pk.does_not_exist())
        return outcome.held

    def add_in_turn(self, notification: NotificationMail, now: datetime, pause: timedelta) -> bool:
        long_ago = AccountItem.missed_at.does_not_exist() | (AccountItem.missed_at <= now - pause)
        with conditional_write() as outcome, items.transaction() as write:
            write.save(notification_item(notification), condition=NotificationItem.pk.does_not_exist())
            write.update(
                AccountItem(keys.account(notification.account_id), "A"),
                actions=[AccountItem.missed_at.set(now)],
                condition=AccountItem.pk.exists() & long_ago,
            )
        return outcome.held

    def get(self, notification_id: str) -> NotificationMail | None:
        item = items.get(NotificationItem, f"L#{notification_id}", "L")
        return _NOTIFICATIONS.read(item) if item else None

    def claim(self, notification_id: str, now: datetime) -> bool:
        free = NotificationItem.claim.does_not_exist() | (NotificationItem.claim < now)
        with conditional_write() as outcome:
            NotificationItem(f"L#{notification_id}", "L").update(
                [NotificationItem.claim.set(now + _CLAIM)],
                (NotificationItem.state == str(NotificationState.QUEUED)) & free,
            )
        return outcome.held

    def release(self, notification_id: str) -> None:
        NotificationItem(f"L#{notification_id}", "L").update([NotificationItem.claim.remove()])

    def finish(self, notification_id: str, state: NotificationState, now: datetime) -> None:
        NotificationItem(f"L#{notification_id}", "L").update(
            [
                NotificationItem.state.set(state),
                NotificationItem.email.remove(),
                NotificationItem.detail.remove(),
                NotificationItem.password_hash.remove(),
                NotificationItem.name.remove(),
                NotificationItem.workspace.remove(),
            ]
        )


@translate_errors
class OneTimeTokens:
    """Known by the hash of the token; the token is known to the mailbox only."""

    def put(self, token_hash: str, one_time_token: OneTimeToken) -> None:
        pk, gone_at = f"X#{token_hash}", one_time_token.expires_at
        _TOKENS.item(one_time_token, pk, "X", gone_at=gone_at).save()

    def peek(self, token_hash: str, holder: str = "") -> OneTimeToken | None:
        item = items.get(OneTimeTokenItem, f"X#{token_hash}", "X")
        return maybe(_one_time_token, item) if item and item.holder in ("", holder) else None

    def consume(self, token_hash: str) -> OneTimeToken | None:
        one_time_token = self.peek(token_hash)
        if one_time_token is None:
            return None
        item, holder = OneTimeTokenItem(f"X#{token_hash}", "X"), token_hex(8)
        unused = OneTimeTokenItem.pk.exists() & OneTimeTokenItem.holder.does_not_exist()
        with conditional_write() as outcome:
            item.update([OneTimeTokenItem.holder.set(holder), OneTimeTokenItem.password_hash.remove()], unused)
        if not outcome.held:  # by somebody else, or by this very call, whose first answer was lost
            one_time_token_item = items.get(OneTimeTokenItem, item.pk, item.sk)
            return one_time_token if one_time_token_item is not None and one_time_token_item.holder == holder else None
        return one_time_token


def use_up(write: RetryingTransaction, use: Use) -> None:
    """In the transaction that does what the link is for: both happen, or neither."""
    write.update(
        OneTimeTokenItem(f"X#{use.token_hash}", "X"),
        actions=[OneTimeTokenItem.holder.set(use.holder), OneTimeTokenItem.password_hash.remove()],
        condition=OneTimeTokenItem.pk.exists() & OneTimeTokenItem.holder.does_not_exist(),
    )


_NOTIFICATIONS = Codec(NotificationMail, NotificationItem, renamed={"kind": "notification_kind"})
_TOKENS = Codec(OneTimeToken, OneTimeTokenItem, apart=("is_used",))


def notification_item(notification: NotificationMail) -> NotificationItem:
    gone_at = notification.created_at + _KEPT
    return _NOTIFICATIONS.item(notification, f"L#{notification.id}", "L", gone_at=gone_at)


def _one_time_token(item: OneTimeTokenItem) -> OneTimeToken:
    return _TOKENS.read(item, is_used=bool(item.holder))
