"""Out to Slack and Microsoft, and back. Nobody is joined by being sent through a link: back on the page they press a button."""

from dataclasses import replace
from urllib.parse import urlencode

from ...domain import errors
from ...domain.providers import Provider
from ...providers.slack.colleagues import inviting
from ...usecases import identities, sessions
from ...usecases.identities import OAuthResult
from .. import guards
from .accounts import entered
from .routing import Page, PageRequest, Pages, Redirect

routes = Pages(__name__)
_MINUTES = 600


@routes.page("/oauth/slack/start")
@routes.page("/oauth/microsoft/start")
def start(request: PageRequest) -> Page | Redirect:
    """From our own pages alone: a provider that knows the person asks nothing, and sends them straight back, signed in."""
    guards.refuse_other_sites(request.incoming)
    token, links = request.incoming.query.get("join", ""), bool(request.incoming.query.get("link"))
    if links and request.principal is None:
        return Redirect("/sign-in?next=/settings")
    following = sessions.local_path(request.incoming.query.get("next", ""))
    browser = _browser(request) or request.ports.new_token()
    try:
        link = request.account if links else None
        url = identities.start(request.ports, _provider(request), token, browser, link, following)
    except errors.Refusal as refusal:
        return _not_begun(
            request, refusal, token, OAuthResult("/settings") if links else OAuthResult("/sign-in", next=following)
        )
    return Redirect(url, (guards.cookie(request.ports, "outside", browser, _MINUTES),))


def _not_begun(request: PageRequest, refusal: errors.Refusal, token: str, result: OAuthResult) -> Redirect:
    """Back to where there are other ways, with a word why; `back` is that place where there is no invitation."""
    if refusal.kind is errors.RefusalKind.PROVIDER_FAILED:
        return _back(request, replace(OAuthResult(f"/join/{token}") if token else result, notice="failed"))
    if not token or refusal.kind is not errors.RefusalKind.FORBIDDEN:
        raise refusal
    return _back(request, OAuthResult(f"/join/{token}", notice="plan"))


@routes.page("/oauth/slack/callback")
@routes.page("/oauth/microsoft/callback")
def callback(request: PageRequest) -> Redirect:
    account = request.principal.account if request.principal else None
    query, browser = request.incoming.query, _browser(request)
    return _back(request, identities.finish(request.ports, _provider(request), query, browser, account, request.locale))


@routes.page("/oauth/slack/install", signed_in=True)
def install(request: PageRequest) -> Redirect:
    browser = _browser(request) or request.ports.new_token()
    url = identities.start_install(request.ports, request.session, browser)
    return Redirect(url, (guards.cookie(request.ports, "outside", browser, _MINUTES),))


@routes.page("/oauth/slack/connect", signed_in=True)
def connect(request: PageRequest) -> Redirect:
    """As `install`, with the one right that Slack Connect needs; the way back is the same."""
    browser = _browser(request) or request.ports.new_token()
    url = identities.start_install(request.ports, request.session, browser, identities.CONNECT)
    return Redirect(url, (guards.cookie(request.ports, "outside", browser, _MINUTES),))


@routes.page("/oauth/slack/installed")
def installed(request: PageRequest) -> Redirect:
    return _back(request, identities.finish_install(request.ports, request.incoming.query, _browser(request)))


@routes.page("/oauth/slack/admin", signed_in=True)
def connect_organisation(request: PageRequest) -> Redirect:
    browser = _browser(request) or request.ports.new_token()
    url = inviting.start_admin(request.ports, request.session, browser)
    return Redirect(url, (guards.cookie(request.ports, "outside", browser, _MINUTES),))


@routes.page("/oauth/slack/admin/callback")
def organisation_connected(request: PageRequest) -> Redirect:
    notice = inviting.finish_admin(request.ports, request.incoming.query, _browser(request))
    return Redirect(f"/slack/invite?notice={notice}&by=slack")


def _back(request: PageRequest, result: OAuthResult) -> Redirect:
    told = {"notice": result.notice, "by": str(_provider(request))} if result.notice else {}
    told |= {"next": result.next} if result.next else {}
    path = f"{result.path}?{urlencode(told, safe='/')}" if told else result.path
    return entered(request, result.signed_in, path) if result.signed_in else Redirect(path)


def _provider(request: PageRequest) -> Provider:
    return Provider(request.incoming.path.split("/")[2])


def _browser(request: PageRequest) -> str:
    return request.incoming.cookies.get(guards.cookie_name(request.ports, "outside"), "")
