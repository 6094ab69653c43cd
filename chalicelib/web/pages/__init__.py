"""Pages: HTML, rendered here, each form working without a script."""

from . import (
    accounts,
    calls,
    chat,
    chats,
    colleagues,
    documents,
    files,
    history,
    inbox,
    inviting,
    joining,
    mailbox,
    oauth,
    outside,
    searching,
    settings,
    unknown,
)

ALL = tuple(
    module.routes
    for module in (
        accounts,
        colleagues,
        joining,
        oauth,
        mailbox,
        inviting,
        chats,
        inbox,
        history,
        chat,
        calls,
        files,
        searching,
        settings,
        outside,
        documents,
        unknown,
    )
)
