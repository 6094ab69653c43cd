"""Six-digit codes that were mailed. Ten minutes, five tries, then dead: counted in the table, not in a head."""

from datetime import datetime

from . import items, keys
from .errors import conditional_write, translate_errors
from .items import CodeItem

TRIES = 5


@translate_errors
class Codes:
    def put(self, what: str, code_hash: str, expires_at: datetime) -> None:
        """The newest code for `what` is the only one."""
        CodeItem(_pk(what), "V", code_hash=code_hash, tries=0, expires_at=expires_at, gone_at=expires_at).save()

    def guess(self, what: str, code_hash: str, now: datetime) -> bool | None:
        """True once for the right code, False for a wrong one, None where no code is alive. Each guess counts first."""
        alive = (CodeItem.tries < TRIES) & (CodeItem.expires_at > now)
        with conditional_write() as outcome:
            CodeItem(_pk(what), "V").update([CodeItem.tries.add(1)], alive)
        item = items.get(CodeItem, _pk(what), "V") if outcome.held else None
        if item is None:
            return None
        if item.code_hash != code_hash:
            return False
        with conditional_write() as used:
            item.delete(CodeItem.code_hash == code_hash)
        return used.held or None


def _pk(what: str) -> str:
    return f"V#{keys.digest(what)}"
