"""Pages: HTML, rendered here, each form working without a script."""

from . import accounts, chat, chats, documents, joining, mailbox, settings

ALL = tuple(module.routes for module in (accounts, joining, mailbox, chats, chat, settings, documents))
