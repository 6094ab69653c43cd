"""The gallery's sample people, chats and states: the invented ones of the design pictures, and unkind ones."""

from typing import Any

from .gallery_chats import chat_cases
from .gallery_join import Case, join_cases
from .gallery_lists import list_cases, settings_cases
from .gallery_more import more_cases
from .gallery_outside import outside_cases

LANGUAGES = [
    {"code": "en", "name": "English", "href": "?lang=en"},
    {"code": "de", "name": "Deutsch", "href": "?lang=de"},
    {"code": "es", "name": "Español", "href": "?lang=es"},
    {"code": "fr", "name": "Français", "href": "?lang=fr"},
]

PROVIDERS = [("slack", "Slack"), ("microsoft", "Microsoft")]


def everywhere() -> dict[str, Any]:
    return {
        "me": None,
        "form_key": "key",
        "workspaces": [],
        "path": "/",
        "locale": "en",
        "languages": LANGUAGES,
        "form": {},
        "errors": {},
        "notice": None,
        "push_offered": True,
    }


def cases() -> dict[str, Case]:
    """Name of the case → template and context."""
    return (
        join_cases() | account_cases() | chat_cases() | list_cases() | settings_cases() | more_cases() | outside_cases()
    )


def account_cases() -> dict[str, Case]:
    wrong = {"form": {"email": "dana@acme"}, "errors": {"form": "The address and the password don’t belong together."}}
    refused = {
        "form": {"name": "Mara Lindqvist", "email": "mara@@brightwater", "workspace": "Brightwater Studio"},
        "errors": {"email": "“mara@@brightwater” is not an e-mail address.", "password": "At least 8 characters."},
    }
    return {
        "home": ("home.html", {}),
        "help": ("help.html", {}),
        "offline": ("offline.html", {}),
        "sign-up": ("sign_up.html", {}),
        "sign-up-wrong": ("sign_up.html", refused),
        "sign-in": ("sign_in.html", {"next": "/chats"}),
        "sign-in-providers": ("sign_in.html", {"next": "/chats", "providers": PROVIDERS}),
        "sign-in-wrong": ("sign_in.html", {"next": ""} | wrong),
        "password-reset": ("password_reset.html", {"next": ""}),
        "link-confirm": (
            "link.html",
            {
                "purpose": "confirm",
                "usable": True,
                "email": "mara@brightwater.example",
                "name": "Mara Lindqvist",
                "workspace": "Brightwater Studio",
            },
        ),
        "link-sign-in": ("link.html", {"purpose": "sign_in", "usable": True, "email": "mara@brightwater.example"}),
        "link-reset": ("link.html", {"purpose": "reset", "usable": True, "email": "mara@brightwater.example"}),
        "link-workspace": (
            "link.html",
            {"purpose": "join_workspace", "usable": True, "email": "tom@brightwater.example"},
        ),
        "link-used": ("link.html", {"purpose": "sign_in", "usable": False, "email": None}),
        "sent": ("sent.html", {"purpose": "sign_in", "email": "mara@brightwater.example", "back": "/sign-in"}),
        "error-404": (
            "error.html",
            {
                "status": 404,
                "title": "There is nothing here",
                "detail": "The address is wrong, or the page isn’t yours to see.",
                "request_id": "req_7Yb2",
            },
        ),
        "error-429": (
            "error.html",
            {
                "status": 429,
                "title": "Too many tries",
                "detail": "This account rests for a while. Its owner can still sign in by a mailed link.",
                "retry_after": 540,
                "ways": [{"text": "E-mail me a sign-in link", "href": "/sign-in"}],
            },
        ),
    }
