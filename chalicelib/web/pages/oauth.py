"""Out to providers, and back. Nobody is joined by being sent through a link: back on the page they press a button."""

from collections.abc import Callable
from dataclasses import replace
from urllib.parse import urlencode

from ...domain import errors
from ...domain.providers import SIGN_INS, Provider
from ...usecases import identities, installing, sessions
from ...usecases.identities import OAuthResult
from .. import guards
from .accounts import entered
from .routing import Page, PageRequest, Pages, Redirect

routes = Pages(__name__)
_MINUTES = 600


def start(request: PageRequest) -> Page | Redirect:
    """From our own pages alone: a provider that knows the person asks nothing, and sends them straight back, signed in."""
    guards.refuse_other_sites(request.incoming)
    token, links = request.incoming.query.get("join", ""), bool(request.incoming.query.get("link"))
    if links and request.principal is None:
        return Redirect("/sign-in?next=/settings")
    following = sessions.local_path(request.incoming.query.get("next", ""))
    browser = browser_of(request) or request.ports.new_token()
    try:
        link = request.account if links else None
        url = identities.start(request.ports, _provider(request), token, browser, link, following)
    except errors.Refusal as refusal:
        return _not_begun(
            request,
            refusal,
            token,
            OAuthResult(following or "/settings") if links else OAuthResult("/sign-in", next=following),
        )
    return Redirect(url, (guards.cookie(request.ports, "outside", browser, _MINUTES),))


def _not_begun(request: PageRequest, refusal: errors.Refusal, token: str, result: OAuthResult) -> Redirect:
    """Back to where there are other ways, with a word why; `back` is that place where there is no invitation."""
    if refusal.kind is errors.RefusalKind.PROVIDER_FAILED:
        return _back(request, replace(OAuthResult(f"/join/{token}") if token else result, notice="failed"))
    if not token or refusal.kind is not errors.RefusalKind.FORBIDDEN:
        raise refusal
    return _back(request, OAuthResult(f"/join/{token}", notice="plan"))


def callback(request: PageRequest) -> Redirect:
    account = request.principal.account if request.principal else None
    query, browser = request.incoming.query, browser_of(request)
    return _back(request, identities.finish(request.ports, _provider(request), query, browser, account, request.locale))


def install(request: PageRequest) -> Redirect:
    """To our app in the person's own application."""
    return begun(request, lambda browser: installing.start(request.ports, _provider(request), request.session, browser))


def installed(request: PageRequest) -> Redirect:
    return _back(
        request, installing.finish(request.ports, _provider(request), request.incoming.query, browser_of(request))
    )


for _name in SIGN_INS:
    routes.page(f"/oauth/{_name}/start")(start)
    routes.page(f"/oauth/{_name}/callback")(callback)
    routes.page(f"/oauth/{_name}/install", signed_in=True)(install)
    routes.page(f"/oauth/{_name}/installed")(installed)


def begun(request: PageRequest, url_for: Callable[[str], str]) -> Redirect:
    """Out to where `url_for` says, with what ties the way back to this browser."""
    browser = browser_of(request) or request.ports.new_token()
    return Redirect(url_for(browser), (guards.cookie(request.ports, "outside", browser, _MINUTES),))


def _back(request: PageRequest, result: OAuthResult) -> Redirect:
    told = {"notice": result.notice, "by": str(_provider(request))} if result.notice else {}
    told |= {"next": result.next} if result.next else {}
    path = f"{result.path}?{urlencode(told, safe='/')}" if told else result.path
    return entered(request, result.signed_in, path) if result.signed_in else Redirect(path)


def _provider(request: PageRequest) -> Provider:
    return Provider(request.incoming.path.split("/")[2])


def browser_of(request: PageRequest) -> str:
    return request.incoming.cookies.get(guards.cookie_name(request.ports, "outside"), "")
