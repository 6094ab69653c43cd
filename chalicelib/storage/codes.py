"""Six-digit codes that were mailed. Ten minutes, five tries, then dead: counted in the table, not in a head."""

from datetime import datetime, timedelta

from . import items, keys
from .errors import conditional_write, translate_errors
from .items import CodeItem

TRIES = 5
# How long the one who used a code may send it again: they got no answer, and don't know that it was right.
_AGAIN = timedelta(minutes=2)


@translate_errors
class Codes:
    def put(self, what: str, code_hash: str, expires_at: datetime) -> None:
        CodeItem(_pk(what), "V", code_hash=code_hash, tries=0, expires_at=expires_at, gone_at=expires_at).save()

    def guess(self, what: str, code_hash: str, who: str, now: datetime) -> bool | None:
        who = keys.digest(who)
        for_me = CodeItem.used_by.does_not_exist() | (CodeItem.used_by == who)
        alive = (CodeItem.tries < TRIES) & (CodeItem.expires_at > now) & for_me
        with conditional_write() as outcome:
            CodeItem(_pk(what), "V").update([CodeItem.tries.add(1)], alive)
        item = items.get(CodeItem, _pk(what), "V") if outcome.held else None
        if item is None:
            return None
        if item.code_hash != code_hash:
            return False
        return item.used_by == who or self._use(item, who, now) or None

    def _use(self, item: CodeItem, who: str, now: datetime) -> bool:
        """False where another one was faster. Where the reply to our own write was lost, the item says that it was us."""
        until = min(item.expires_at, now + _AGAIN)
        unused = (CodeItem.code_hash == item.code_hash) & CodeItem.used_by.does_not_exist()
        with conditional_write() as used:
            item.update([CodeItem.used_by.set(who), CodeItem.tries.set(0), CodeItem.expires_at.set(until)], unused)
        after = item if used.held else items.get(CodeItem, item.pk, item.sk)
        return after is not None and after.used_by == who and after.code_hash == item.code_hash


def _pk(what: str) -> str:
    return f"V#{keys.digest(what)}"
