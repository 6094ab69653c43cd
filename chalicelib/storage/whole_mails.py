"""Whole mails: each under its chat and its own id, until it goes by itself."""

from ..domain.whole_mails import KEPT, WholeMail
from . import items, keys
from .codec import Codec
from .errors import translate_errors
from .reading import each, maybe
from .whole_mail_items import WholeMailItem

_MAILS = Codec(WholeMail, WholeMailItem)


@translate_errors
class WholeMails:
    def add(self, mail: WholeMail) -> None:
        _MAILS.item(mail, *keys.whole_mail(mail.chat_id, mail.id), gone_at=mail.created_at + KEPT).save()

    def get(self, chat_id: str, mail_id: str) -> WholeMail | None:
        return maybe(_MAILS.read, items.get(WholeMailItem, *keys.whole_mail(chat_id, mail_id)))

    def of_chat(self, chat_id: str) -> list[WholeMail]:
        pk, beginning = keys.whole_mail(chat_id, "")
        existing = WholeMailItem.query(pk, WholeMailItem.sk.startswith(beginning), consistent_read=True)
        return list(each(_MAILS.read, existing))

    def forget(self, chat_id: str, mail_id: str) -> None:
        WholeMailItem(*keys.whole_mail(chat_id, mail_id)).delete()
