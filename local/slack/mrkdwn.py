"""Slack's marks: what a person types becomes Slack's text, and Slack's text becomes HTML for the window."""

import re

from markupsafe import Markup, escape

from local.fake_provider.state import Json
from local.slack import emoji

_PIECES = re.compile(r"```(?P<block>.*?)```|`(?P<code>[^`\n]+)`|<(?P<token>[^<>\s][^<>]*)>", re.DOTALL)
_STYLES = [(r"\*", "strong"), ("_", "em"), ("~", "s")]
_URL = re.compile(r"https?://[^\s<>|]+[^\s<>|.,;:!?)]")


def typed(text: str, people: list[Json]) -> str:
    """What Slack makes of what somebody types: escapes, links, mentions of people by name."""
    safe = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    safe = _URL.sub(lambda match: f"<{match[0]}>", safe)
    for person in people:
        safe = re.sub(rf"@{re.escape(person['real_name'])}\b", f"<@{person['id']}>", safe)
    return safe


def shown(text: str, users: dict[str, Json]) -> Markup:
    """Slack's text as HTML."""
    html, end = Markup(), 0
    for match in _PIECES.finditer(text):
        html += _styled(text[end : match.start()])
        end = match.end()
        if match["block"] is not None:
            html += Markup("<pre>{}</pre>").format(_plain(match["block"].strip("\n")))
        elif match["code"] is not None:
            html += Markup("<code>{}</code>").format(_plain(match["code"]))
        else:
            html += _token(match["token"], users)
    return html + _styled(text[end:])


def _plain(text: str) -> str:
    return text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")


def _styled(text: str) -> Markup:
    html = str(escape(_plain(text)))
    for mark, tag in _STYLES:
        html = re.sub(rf"(?<![\w{mark}]){mark}(\S(?:[^\n{mark}]*\S)?){mark}(?![\w{mark}])", rf"<{tag}>\1</{tag}>", html)
    html = re.sub(r"(?m)^&gt; ?(.*)$", r"<q>\1</q>", html)
    html = re.sub(r":([a-z0-9_+-]+):", lambda match: emoji.shown(match[1]), html)
    return Markup(html.replace("</q>\n", "</q>").replace("\n", "<br>\n"))  # noqa: S704  # escaped above


def _token(token: str, users: dict[str, Json]) -> Markup:
    target, _, label = token.partition("|")
    if target.startswith("@"):
        user = users.get(target[1:])
        name = user["real_name"] if user else label or target[1:]
        return Markup('<span class="mention">@{}</span>').format(name)
    if target.startswith("#"):
        return Markup('<span class="mention">#{}</span>').format(label or target[1:])
    if target.startswith("!date^"):
        return Markup("{}").format(_plain(label))
    if target.startswith("!"):
        return Markup('<span class="mention ping">@{}</span>').format(label.lstrip("@") or target[1:])
    if re.match(r"(https?://|mailto:)", target):
        link = Markup('<a href="{}" target="_blank" rel="noreferrer">{}</a>')
        return link.format(_plain(target), _plain(label or target.removeprefix("mailto:")))
    return Markup("{}").format(f"<{_plain(token)}>")
