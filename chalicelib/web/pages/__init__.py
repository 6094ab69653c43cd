"""Pages: HTML, rendered here, each form working without a script."""

from . import (
    accounts,
    audit,
    calls,
    charge,
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
    own_account,
    places,
    receipts,
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
        charge,
        chat,
        calls,
        files,
        searching,
        settings,
        own_account,
        outside,
        audit,
        places,
        receipts,
        documents,
        unknown,
    )
)
