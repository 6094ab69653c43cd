"""Out to Slack and Microsoft, and back. Nobody is joined by being sent through a link: back on the page they press a button."""

from dataclasses import replace
from urllib.parse import urlencode

from ...domain import errors
from ...domain.identities import Provider
from ...usecases import colleagues, identities, sessions
from ...usecases.identities import Back
from .. import guards
from .accounts import entered
from .routing import Page, Pages, See, Visit

routes = Pages(__name__)
_MINUTES = 600


@routes.page("/oauth/slack/start")
@routes.page("/oauth/microsoft/start")
def start(visit: Visit) -> Page | See:
    """From our own pages alone: a provider that knows the person asks nothing, and sends them straight back, signed in."""
    guards.refuse_other_sites(visit.got)
    token, links = visit.got.query.get("join", ""), bool(visit.got.query.get("link"))
    if links and visit.signed is None:
        return See("/sign-in?next=/settings")
    following = sessions.local_path(visit.got.query.get("next", ""))
    browser = _browser(visit) or visit.ports.new_token()
    try:
        link = visit.account if links else None
        url = identities.start(visit.ports, _provider(visit), token, browser, link, following)
    except errors.Refusal as refusal:
        return _not_begun(visit, refusal, token, Back("/settings") if links else Back("/sign-in", next=following))
    return See(url, (guards.cookie(visit.ports, "outside", browser, _MINUTES),))


def _not_begun(visit: Visit, refusal: errors.Refusal, token: str, back: Back) -> See:
    """Back to where there are other ways, with a word why; `back` is that place where there is no invitation."""
    if refusal.kind is errors.Kind.PROVIDER_FAILED:
        return _back(visit, replace(Back(f"/join/{token}") if token else back, said="failed"))
    if not token or refusal.kind is not errors.Kind.FORBIDDEN:
        raise refusal
    return _back(visit, Back(f"/join/{token}", said="plan"))


@routes.page("/oauth/slack/callback")
@routes.page("/oauth/microsoft/callback")
def callback(visit: Visit) -> See:
    account = visit.signed.account if visit.signed else None
    query, browser = visit.got.query, _browser(visit)
    return _back(visit, identities.finish(visit.ports, _provider(visit), query, browser, account, visit.locale))


@routes.page("/oauth/slack/install", signed_in=True)
def install(visit: Visit) -> See:
    browser = _browser(visit) or visit.ports.new_token()
    url = identities.start_install(visit.ports, visit.session, browser)
    return See(url, (guards.cookie(visit.ports, "outside", browser, _MINUTES),))


@routes.page("/oauth/slack/connect", signed_in=True)
def connect(visit: Visit) -> See:
    """As `install`, with the one right that Slack Connect needs; the way back is the same."""
    browser = _browser(visit) or visit.ports.new_token()
    url = identities.start_install(visit.ports, visit.session, browser, identities.CONNECT)
    return See(url, (guards.cookie(visit.ports, "outside", browser, _MINUTES),))


@routes.page("/oauth/slack/installed")
def installed(visit: Visit) -> See:
    return _back(visit, identities.finish_install(visit.ports, visit.got.query, _browser(visit)))


@routes.page("/oauth/slack/admin", signed_in=True)
def connect_organisation(visit: Visit) -> See:
    browser = _browser(visit) or visit.ports.new_token()
    url = colleagues.start_admin(visit.ports, visit.session, browser)
    return See(url, (guards.cookie(visit.ports, "outside", browser, _MINUTES),))


@routes.page("/oauth/slack/admin/callback")
def organisation_connected(visit: Visit) -> See:
    said = colleagues.finish_admin(visit.ports, visit.got.query, _browser(visit))
    return See(f"/slack/invite?said={said}&by=slack")


def _back(visit: Visit, back: Back) -> See:
    told = {"said": back.said, "by": str(_provider(visit))} if back.said else {}
    told |= {"next": back.next} if back.next else {}
    path = f"{back.path}?{urlencode(told, safe='/')}" if told else back.path
    return entered(visit, back.signed, path) if back.signed else See(path)


def _provider(visit: Visit) -> Provider:
    return Provider(visit.got.path.split("/")[2])


def _browser(visit: Visit) -> str:
    return visit.got.cookies.get(guards.name_of(visit.ports, "outside"), "")
