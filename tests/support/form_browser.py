"""A browser without JavaScript: opens pages, keeps cookies, fills in forms and presses their buttons."""

import re
from dataclasses import dataclass, field
from html import unescape
from html.parser import HTMLParser
from typing import Any
from urllib.parse import urlencode

from tests.support.app import PUBLIC_URL, Answer, World

FORM = "application/x-www-form-urlencoded"
Pairs = list[tuple[str, str]]


@dataclass
class Button:
    name: str
    value: str
    action: str
    text: str = ""


@dataclass
class Form:
    """A form as the page has it: where it goes, what stands in it, and its buttons with what they send."""

    action: str
    method: str
    fields: Pairs = field(default_factory=list)
    buttons: list["Button"] = field(default_factory=list)

    def names(self) -> set[str]:
        return {name for name, _ in self.fields}

    def filled(self, button: str, typed: dict[str, str]) -> Pairs:
        unknown = set(typed) - self.names()
        assert not unknown, f"the form has no field {unknown}; it has {sorted(self.names())}"
        sent = [(name, typed.get(name, value)) for name, value in self.fields]
        pressed = self.button(button)
        return [*sent, (pressed.name, pressed.value)] if pressed and pressed.name else sent

    def button(self, text: str) -> "Button | None":
        """By what stands on it, or by what it sends."""
        buttons = [button for button in self.buttons if text and (button.text.startswith(text) or button.value == text)]
        assert buttons or not text, f"no button {text}: {self.buttons}"
        return buttons[0] if buttons else None


@dataclass
class Page:
    path: str
    answer: Answer
    fragment: str = ""

    @property
    def address(self) -> str:
        """As a browser shows it, with what the server doesn't see."""
        return f"{self.path}#{self.fragment}" if self.fragment else self.path

    @property
    def status(self) -> int:
        return self.answer.status

    @property
    def html(self) -> str:
        return self.answer.text

    def forms(self) -> list[Form]:
        reader = _Forms()
        reader.feed(self.html)
        return reader.complete(self.path)

    def form(self, action: str) -> Form:
        """The form that goes to a path ending like this."""
        forms = [form for form in self.forms() if form.action.endswith(action)]
        assert forms, f"no form to {action} on {self.path}: {[form.action for form in self.forms()]}"
        return forms[0]


@dataclass
class Browser:
    world: World
    cookies: dict[str, str] = field(default_factory=dict)

    def open(self, path: str, **headers: str) -> Page:
        """The page, after whatever redirects."""
        path, _, fragment = path.partition("#")
        for _ in range(5):
            answer = self._request("GET", path, b"", headers)
            if answer.status != 303:
                return Page(path, answer, fragment)
            path, _, fragment = answer.headers["location"].partition("#")
        raise AssertionError("redirected for ever")

    def send(self, form: Form, button: str = "", /, **typed: str) -> Page:
        assert form.method == "post"
        pressed = form.button(button)
        return self.post(pressed.action if pressed and pressed.action else form.action, form.filled(button, typed))

    def post(self, path: str, pairs: Pairs, **headers: str) -> Page:
        """Posts as a browser does from our own page, and goes where it is sent."""
        sent = {"Content-Type": FORM, "Origin": PUBLIC_URL, "Sec-Fetch-Site": "same-origin"}
        answer = self._request("POST", path, urlencode(pairs).encode(), sent | headers)
        if answer.status == 303:
            return self.open(answer.headers["location"])
        return Page(path, answer)

    def send_file(self, form: Form, button: str, name: str, content: bytes, /, **typed: str) -> Page:
        """With this file chosen, as a browser sends it (RFC 7578)."""
        parts = [(f'name="{field}"', value.encode()) for field, value in form.filled(button, typed) if field != "file"]
        parts.append((f'name="file"; filename="{name}"\r\nContent-Type: text/csv', content))
        body = b"".join(
            b"--limit\r\nContent-Disposition: form-data; " + head.encode() + b"\r\n\r\n" + value + b"\r\n"
            for head, value in parts
        )
        headers = {
            "Content-Type": "multipart/form-data; boundary=limit",
            "Origin": PUBLIC_URL,
            "Sec-Fetch-Site": "same-origin",
        }
        return Page(form.action, self._request("POST", form.action, body + b"--limit--\r\n", headers))

    def signs_in(self, email: str, password: str) -> Page:
        return self.send(self.open("/sign-in").form("/sign-in"), email=email, password=password)

    def _request(self, method: str, path: str, body: bytes, headers: dict[str, str]) -> Answer:
        sent = {name.replace("_", "-"): value for name, value in headers.items()}
        if self.cookies:
            sent["Cookie"] = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        answer = self.world.request(method, path, body, sent)
        for cooky in cookies_of(answer):
            name, _, rest = cooky.partition("=")
            self.cookies[name] = rest.partition(";")[0]
            if "Max-Age=0" in rest:
                del self.cookies[name]
        return answer


def cookies_of(answer: Answer) -> list[str]:
    result = answer.headers.get("set-cookie", [])
    return [result] if isinstance(result, str) else list(result)


class _Forms(HTMLParser):
    """Collects forms with their fields; also those that stand outside and name their form."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self._forms: list[tuple[str, Form]] = []
        self._loose: list[tuple[str, str, Any]] = []
        self._open: Form | None = None
        self._text: tuple[str, str] | None = None
        self._select: tuple[str, bool] | None = None
        self._button: Button | None = None
        self._button_form = ""

    def complete(self, path: str) -> list[Form]:
        by_id = {identifier: form for identifier, form in self._forms if identifier}
        for kind, form, what in self._loose:
            getattr(by_id[form], kind).append(what)
        for _, item in self._forms:
            item.action = item.action.partition("?")[0] or path.partition("?")[0]
        return [form for _, form in self._forms]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "form":
            self._open = Form(given.get("action", ""), given.get("method", "get").lower())
            self._forms.append((given.get("id", ""), self._open))
        elif tag == "input":
            self._input(given, [name for name, _ in attrs])
        elif tag == "textarea":
            self._text = (given.get("name", ""), "")
        elif tag == "select":
            self._select = (given.get("name", ""), False)
        elif tag == "option" and self._select:
            self._option(given)
        elif tag == "button":
            self._button = Button(given.get("name", ""), given.get("value", ""), given.get("formaction", ""))
            self._button_form = given.get("form", "")

    def handle_data(self, data: str) -> None:
        if self._text:
            self._text = (self._text[0], self._text[1] + data)
        if self._button:
            self._button.text += data

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._open = None
        elif tag == "textarea" and self._text:
            self._add("fields", self._text, "")
            self._text = None
        elif tag == "select":
            self._select = None
        elif tag == "button" and self._button:
            self._button.text = " ".join(self._button.text.split())
            self._add("buttons", self._button, self._button_form)
            self._button = None

    def _input(self, given: dict[str, str], names: list[str]) -> None:
        kind = given.get("type", "text")
        if kind in ("checkbox", "radio") and "checked" not in names:
            return
        if given.get("name"):
            self._add(
                "fields", (given["name"], given.get("value", "on" if kind == "checkbox" else "")), given.get("form", "")
            )

    def _option(self, given: dict[str, str]) -> None:
        assert self._select
        name, chosen = self._select
        if "selected" in given or not chosen:
            if chosen and self._open:
                self._open.fields.pop()  # its first option, which stood for it until now
            self._add("fields", (name, given.get("value", "")), "")
            self._select = (name, True)

    def _add(self, kind: str, what: Any, form: str) -> None:
        if form:
            self._loose.append((kind, form, what))
        elif self._open:
            getattr(self._open, kind).append(what)


def visible(html: str) -> str:
    """The text of a page or a mail as somebody reads it."""
    html = re.sub(r"<(style|script)\b.*?</\1>", "", html, flags=re.DOTALL)
    return " ".join(unescape(re.sub(r"<wbr>|<[^>]*>", lambda tag: "" if tag[0] == "<wbr>" else " ", html)).split())
