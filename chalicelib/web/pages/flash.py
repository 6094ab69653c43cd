"""What a way back from Slack or Microsoft has to say, as a notice on the page where it ends."""

from typing import Any

from ...domain.providers import Provider
from ...templating import languages
from .routing import PageRequest

_NOTICES = {
    "state": ("warn", "That sign-in was not begun in this browser, or took too long. Try again."),
    "cancelled": ("warn", "Nothing was changed in {provider}. You can try again."),
    "failed": ("warn", "{provider} isn’t responding properly. Nothing was lost; try again or choose another way."),
    "plan": ("warn", "This invitation can’t be used with {provider} any more. Choose another way."),
    "over": ("warn", "This invitation can’t be used now."),
    "no_account": (
        "warn",
        (
            "There is no Webtop account for this {provider} account yet. If you were invited, open the link in your "
            "invitation; else create a workspace below."
        ),
    ),
    "not_set_up": ("warn", "Signing in with {provider} isn't set up here. Choose another way."),
    "team": ("warn", "The app was added to another {provider} workspace than yours. Choose your own."),
    "taken": ("warn", "This {provider} account belongs to another Webtop account."),
    "linked": ("good", "{provider} is linked. You can sign in with it from now on."),
    "authorized": ("good", "Your organisation is connected. Invitations can be sent now."),
    "leaving": ("good", "Your account will be deleted in seven days. Sign in before if you want to keep it."),
    "ended": ("warn", "Your session is over. Sign in to go on where you were."),
    "bounces": (
        "warn",
        "E-mails to your address bounce, so sign-in links, password resets and notices can’t reach you. See Settings.",
    ),
    "way_here": ("good", "You read this chat here from now on."),
    "way_mail": ("good", "This chat comes to you by e-mail from now on. It stays open here, too."),
    "way_there": ("good", "You read this chat in {app} from now on. It stays open here, too."),
    "installed": ("good", "You’re set. New messages will also appear in {provider}."),
}
_NOTICES_FOR_INVITED = {"cancelled": ("warn", "{provider} sign-in was cancelled. Your invitation is still valid.")}
_PROVIDERS = {str(provider): provider.names for provider in Provider}


def notice(request: PageRequest, *, invited: bool = False) -> dict[str, Any] | None:
    """None where nothing was said; a word that isn't ours says nothing."""
    result = (_NOTICES | _NOTICES_FOR_INVITED if invited else _NOTICES).get(request.incoming.query.get("notice", ""))
    if result is None:
        return None
    names = _PROVIDERS.get(request.incoming.query.get("by", ""))
    if names is None and "{" in result[1]:
        return None
    values = {"provider": names.company, "app": names.application} if names else {}
    return {"kind": result[0], "text": languages.text(result[1], request.locale, **values)}


def saying(path: str, word: str) -> str:
    """`path`, with something to say there."""
    plain, mark, fragment = path.partition("#")
    return f"{plain}{'&' if '?' in plain else '?'}notice={word}{mark}{fragment}"


def carried(request: PageRequest, path: str) -> str:
    """`path`, where what this page was to say is said instead."""
    word, provider = (request.incoming.query.get(name, "") for name in ("notice", "by"))
    return f"{path}?notice={word}&by={provider}" if word in _NOTICES and provider in _PROVIDERS else path
