"""The page that each mail of a chat leads to: stop these mails, go on elsewhere or by mail again, or leave. Opening it changes
nothing."""

from ...usecases import places_by_mail
from ...usecases.places_by_mail import ByMail
from .routing import Page, PageRequest, Pages, Redirect

routes = Pages(__name__)


@routes.page("/by-mail/{token}")
def by_mail_page(request: PageRequest) -> Page:
    return _page(request, places_by_mail.by_mail(request.ports, request.path["token"]))


@routes.page("/by-mail/{token}/files/{file_id}")
def fetch_file(request: PageRequest) -> Redirect:
    """A file that a mail couldn't carry: the address behind it lives for a minute, this one as long as the place."""
    return Redirect(places_by_mail.file_address(request.ports, request.path["token"], request.path["file_id"]))


@routes.form("/by-mail/{token}/stop", by_token=True)
def stop(request: PageRequest) -> Page:
    """One click (RFC 8058): works without a session, from a mail reader's own server too."""
    return _page(request, places_by_mail.stop(request.ports, request.path["token"]), "stopped")


@routes.form("/by-mail/{token}/browser", by_token=True)
def read_in_browser(request: PageRequest) -> Page:
    """The link to sign in goes to the mailbox, for this page's address may have been passed on."""
    token, source = request.path["token"], request.incoming.source
    return _page(request, places_by_mail.read_in_browser(request.ports, token, source, request.ids), "browser")


@routes.form("/by-mail/{token}/mail", by_token=True)
def read_by_mail(request: PageRequest) -> Page:
    """To the same mailbox as before, so that the link alone is enough."""
    return _page(request, places_by_mail.read_by_mail(request.ports, request.path["token"]), "mail")


@routes.form("/by-mail/{token}/elsewhere", by_token=True)
def choose_elsewhere(request: PageRequest) -> Page:
    """Whoever reads the mailbox signs in by the link that goes there, and then in the application that they choose."""
    token, source = request.path["token"], request.incoming.source
    place = places_by_mail.choose_elsewhere(request.ports, token, source, request.ids)
    return _page(request, place, "elsewhere")


@routes.form("/by-mail/{token}/leave", by_token=True)
def leave(request: PageRequest) -> Page:
    return _page(request, places_by_mail.leave(request.ports, request.path["token"]), "left")


def _page(request: PageRequest, place: ByMail, done: str = "") -> Page:
    return request.page(
        "by_mail.html",
        title=place.title,
        email=place.email,
        is_in=place.membership is not None,
        is_mailed=place.is_mailed,
        via=place.membership.via if place.membership else "",
        elsewhere=[each.names.application for each in places_by_mail.elsewhere(request.ports, place)],
        done=done,
        at=f"/by-mail/{request.path['token']}",
    )
