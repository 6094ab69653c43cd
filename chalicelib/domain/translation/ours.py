"""Our own light marks, read and written."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace

from .. import bare_links
from ..characters import visible as clean
from ..mark_runs import reading
from ..mentions import calling
from ..messages import LONGEST
from .blocks import read_blocks
from .notation import Block, Line, Paragraph, Run, tidy
from .safety import encoded, is_address
from .spans import read_spans
from .writing import PLAINER, Dialect, Writer, escaped_start

_MOST_MARKS = 1_000
_MARK = re.compile(r"[*_`~\[]")
_ENTITY = re.compile(r"&(?=#?[a-zA-Z0-9]{1,32};)")
_ESCAPE, _BACKSLASH = "\0", "\1"
_HOLDER, _HOLDERS = re.compile("[\0\1]"), re.compile("[\0\1]+")
_MARKS, _LINK_MARKS = (re.compile(rf"[{marks}]|(?<!~)~(?=~(?!~))|!\Z") for marks in (r"*_`\]", r"*_`\[\]"))


def read(text: str) -> tuple[Block, ...]:
    """What a message of ours shows. As on our pages, text with more marks than a person types has none."""
    text = text.replace("\r\n", "\n").replace("\r", "\n").replace("\0", "\ufffd")
    if len(text) > LONGEST or len(_MARK.findall(text)) > _MOST_MARKS:
        return (Paragraph((Run(text),)),)
    return read_blocks(text, read_spans)


def named(runs: Iterable[Run], users: Mapping[str, Iterator[str]]) -> Iterator[Run]:
    """The runs with a mention where `@Name` of one of these stands; `users` are their ids over there, by name and in order."""
    called = calling(users)
    ids = {f"@{name}".casefold(): (f"@{name}", user) for name, user in users.items()}
    for run in runs:
        if not called or not run.is_plain:
            yield run
            continue
        end = 0
        for match in called.finditer(run.text):
            yield replace(run, text=run.text[end : match.start()])
            name, wanted = ids.get(match[0].casefold(), ("", iter(())))
            user = next(wanted, "")
            yield replace(run, text=name if user else match[0], user=user)
            end = match.end()
        yield replace(run, text=run.text[end:])


def addressed(line: Line) -> Iterator[Run]:
    """The line with its bare addresses as links, which they are here."""
    for run in tidy(line):
        end = 0
        for link in bare_links.links_in(run.text) if run.is_plain else ():
            yield replace(run, text=run.text[end : link.start])
            yield replace(run, text=link.text, href=link.href)
            end = link.start + len(link.text)
        yield replace(run, text=run.text[end:])


def shown(runs: Iterable[Run]) -> Iterator[Run]:
    """The runs with their links as our pages would show them: only those to real addresses."""
    for run in runs:
        yield replace(run, href=run.href if is_address(encoded(run.href)) else "")


def write(blocks: Sequence[Block]) -> tuple[str, list[str]]:
    """The text of a message, and what it couldn't say."""
    writer = Writer(_OURS)
    text = writer.blocks(blocks)
    return text, [PLAINER] if writer.is_plainer else []


def _held(text: str, in_link: bool) -> str:
    """Words with `_ESCAPE` before each mark, and `_BACKSLASH` for each backslash: what they become is seen later."""
    text = text.replace("\\", _BACKSLASH)
    marks = _LINK_MARKS if in_link else _MARKS
    return marks.sub(lambda match: f"{_ESCAPE}{match[0]}", text)


def _started(line: str) -> str:
    return escaped_start(line, _ESCAPE)


def _settled(text: str) -> str:
    """The paragraphs with a backslash only where it escapes something; one before a mark is doubled."""
    return "\n\n".join(map(_settled_paragraph, text.split("\n\n")))


def _settled_paragraph(text: str) -> str:
    marks = reading(_HOLDER.sub("\\\\", text)).escapable

    def settle(match: re.Match[str]) -> str:
        backslashes = "\\" * match[0].count(_BACKSLASH)
        return backslashes * 2 + "\\" * (_ESCAPE in match[0]) if match.end() in marks else backslashes

    return _HOLDERS.sub(settle, text)


def target(href: str) -> str:
    return _ENTITY.sub(r"\\&", re.sub(r"[()]", r"\\\g<0>", encoded(href)))


_OURS = Dialect(
    text=_held,
    href=target,
    mention=lambda run: _held(run.text, in_link=False),
    code=clean,
    start=_started,
    read=read_spans,
    settle=_settled,
)
