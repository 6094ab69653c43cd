"""The JSON API of CONTRACT section 2: one module for each noun. Views parse, call one use case, and answer."""

from . import (
    accounts,
    address_lists,
    audit,
    calls,
    chats,
    colleagues,
    files,
    invitations,
    joining,
    live,
    messages,
    openapi,
    outside,
    own_account,
    profile_pictures,
    pushes,
    receipts,
    searching,
    workspaces,
)

ALL = tuple(
    module.routes
    for module in (
        accounts,
        own_account,
        profile_pictures,
        workspaces,
        outside,
        audit,
        receipts,
        chats,
        invitations,
        address_lists,
        joining,
        messages,
        searching,
        calls,
        files,
        live,
        pushes,
        colleagues,
        openapi,
    )
)
