"""The page that each mail of a chat leads to: stop these mails, go on in the browser, or leave. Opening it changes nothing."""

from ...usecases import chat_mails
from ...usecases.chat_mails import ByMail
from .routing import Page, PageRequest, Pages, Redirect

routes = Pages(__name__)


@routes.page("/by-mail/{token}")
def by_mail_page(request: PageRequest) -> Page:
    return _page(request, chat_mails.by_mail(request.ports, request.path["token"]))


@routes.page("/by-mail/{token}/files/{file_id}")
def fetch_file(request: PageRequest) -> Redirect:
    """A file that a mail couldn't carry: the address behind it lives for a minute, this one as long as the place."""
    return Redirect(chat_mails.file_address(request.ports, request.path["token"], request.path["file_id"]))


@routes.form("/by-mail/{token}/stop", by_token=True)
def stop(request: PageRequest) -> Page:
    """One click (RFC 8058): works without a session, from a mail reader's own server too."""
    return _page(request, chat_mails.stop(request.ports, request.path["token"]), "stopped")


@routes.form("/by-mail/{token}/browser", by_token=True)
def read_in_browser(request: PageRequest) -> Page:
    """The link to sign in goes to the mailbox, for this page's address may have been passed on."""
    token, source = request.path["token"], request.incoming.source
    return _page(request, chat_mails.read_in_browser(request.ports, token, source, request.ids), "browser")


@routes.form("/by-mail/{token}/leave", by_token=True)
def leave(request: PageRequest) -> Page:
    return _page(request, chat_mails.leave(request.ports, request.path["token"]), "left")


def _page(request: PageRequest, place: ByMail, done: str = "") -> Page:
    return request.page(
        "by_mail.html",
        title=place.title,
        email=place.email,
        is_in=place.membership is not None,
        done=done,
        at=f"/by-mail/{request.path['token']}",
    )
