"""What the app itself says in people's Slack and Teams, in their language."""

from collections.abc import Sequence

from ..domain.files import MOST_IN_A_MESSAGE
from ..domain.relaying import HomePage, NotReceived
from ..domain.sentences import sentence
from . import languages

_NOT_RECEIVED = {
    NotReceived.FILES_OFF: sentence("(file: {name}, files are off here)"),
    NotReceived.TOO_MANY: sentence("(file: {name}, more than {most} in one message)"),
    NotReceived.TOO_LARGE: sentence("(file: {name}, too large)"),
    NotReceived.EMPTY: sentence("(file: {name}, empty)"),
    NotReceived.ELSEWHERE: sentence("(file: {name}, stored with another service)"),
    NotReceived.NOT_GIVEN: sentence("(file: {name}, {where} doesn’t give it out)"),
}


class RelayTexts:
    def help(self, locale: str) -> str:
        """What goes where; the buttons are for who meant a chat after all."""
        return languages.text(
            "Hello! Messages of your Webtop chats come here. Answer where they stand, and everybody in the chat reads it. Edits, "
            "deletions and reactions of yours go along. Was this meant for a chat? Choose it.",
            locale,
        )

    def welcome(self, locale: str) -> str:
        return languages.text(
            "Hello! This is Webtop Chat. Messages of your chats come here. Answer where they stand, and everybody in the chat "
            "reads it. Edits, deletions and reactions of yours go along. Write “help” to read this again.",
            locale,
        )

    def home(self, locale: str, url: str, chats: Sequence[tuple[str, str]]) -> HomePage:
        if not chats:
            sign_in = (languages.text("Sign in", locale), f"{url}/sign-in")
            return HomePage(self.no_chat(locale, url), (), "", sign_in)
        invite = (languages.text("Invite people", locale), f"{url}/chats/new")
        return HomePage(self.welcome(locale), tuple(chats), languages.text("Open", locale), invite)

    def choose(self, locale: str) -> str:
        return languages.text(
            "Nobody has read this yet. Which chat is it for? Choose it, and your words go there.", locale
        )

    def no_chat(self, locale: str, url: str) -> str:
        return languages.text(
            "Hello! This is Webtop Chat. None of your chats comes here yet, so nobody reads what you write. Open the link of your "
            "invitation, or sign in: {url}",
            locale,
            url=url,
        )

    def sent(self, locale: str, chat: str) -> str:
        return languages.text("Your words are in the chat {chat}.", locale, chat=chat)

    def too_late(self, locale: str) -> str:
        return languages.text("That can't be sent any more. Please write it again.", locale)

    def not_received(self, locale: str, name: str, why: NotReceived, where: str) -> str:
        return languages.text(_NOT_RECEIVED[why], locale, name=name, where=where, most=MOST_IN_A_MESSAGE)
