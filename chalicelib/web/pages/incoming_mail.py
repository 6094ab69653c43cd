"""The page of an answer that waits for its mailbox's word: *Was this you?* Opening it changes nothing."""

from ...usecases import incoming_mail
from .routing import Page, PageRequest, Pages

routes = Pages(__name__)


@routes.page("/mail-answers/{token}")
def answer_page(request: PageRequest) -> Page:
    text, sender = incoming_mail.waiting(request.ports, request.path["token"])
    return request.page("mail_answer.html", text=text, sender=sender, done=False)


@routes.form("/mail-answers/{token}", by_token=True)
def send_answer(request: PageRequest) -> Page:
    """Once: the link is used up with it."""
    incoming_mail.confirm(request.ports, request.path["token"])
    return request.page("mail_answer.html", text="", sender="", done=True)
