"""What was newly written in a mail: without what it quotes, without signature and disclaimer. In doubt it is kept.

Line by line, with patterns that look at one line of bounded length each: a mail is written by anybody, and costs no more than
its length (docs/adr/0011-own-cutter-for-mails.md says why no library does this). What is said here of clients and languages is
measured on the mails in tests/mails.
"""

import re
from collections.abc import Iterable, Sequence
from textwrap import dedent

from .characters import visible
from .translation import ours
from .translation.html_reading import read_page
from .translation.notation import changed
from .translation.translated import Notes, safe

_LONGEST_LINE = 600
_LINE_TAGS = frozenset({"div", "tr", "table", "tbody"})
_SIGNATURE_MARK, _CELL = "--", "|"
_BETWEEN_BLOCKS = re.compile(r"(</(?:div|p|tr|td|table)>)\s+(?=<)", re.IGNORECASE)
_SIGNED_WITH, _SENTENCE = 8, re.compile(r"\w \S+ .{0,500}\w[.?!]$")
_SIGNATURE = re.compile(
    r"<(?:div|table|span|pre|p)\b(?=[^<>]{0,400}(?:gmail_signature|moz-signature|protonmail_signature|ms-outlook-mobile-signature"
    r"|[\"' ]Signature[\"' ]|AppleMailSignature))[^<>]*>",
    re.IGNORECASE,
)
_ATTRIBUTIONS = tuple(
    (re.compile(begins, re.IGNORECASE), re.compile(ends, re.IGNORECASE))
    for begins, ends in (
        (r"on\b.{4}", r"\bwrote:?$"),
        (r"am\b.{4}", r"\b(?:schrieb\b.{0,200}|geschrieben) ?:$"),
        (r"le\b.{4}", r"(?<!\w)a [ée]crit ?:$"),
        (r"el\b.{4}", r"\bescribi[óo]:?$"),
        (r".{0,120}[<(]?\S+@\S+", r"\b(?:wrote|schrieb\b.{0,120}|escribi[óo]|a [ée]crit) ?:$"),
    )
)
_ATTRIBUTION_RULE = re.compile(r"^-{3,} ?|(?<!-) -{3,}$")
_SAYS_WHEN_OR_WHO = re.compile(r"\S@\S|\d{4}|\d{1,2}[:.h]\d{2}")
_SEPARATOR = re.compile(
    r"(?<!-)-{2,} ?(?:original message|original appointment|ursprüngliche nachricht|originalnachricht|urspr\. nachricht"
    r"|message d['’]origine|message original|mensaje original) ?-{2,}$",
    re.IGNORECASE,
)
_RULE = re.compile(r"[_\-\u2500\u2014]{5,}$")
_HEAD_FROM = re.compile(r"\*{0,2}(?:from|von|de|exp[ée]diteur|remitente) ?:\*{0,2} ?\S", re.IGNORECASE)
_HEAD_SENT = re.compile(r"\*{0,2}(?:sent|gesendet|envoyé(?: le)?|enviado(?: el)?) ?:\*{0,2} ?\S", re.IGNORECASE)
_HEAD_SUBJECT = re.compile(r"\*{0,2}(?:subject|betreff|objet|sujet|asunto) ?:\*{0,2}(?: |$)", re.IGNORECASE)
_HEAD_REST = re.compile(
    r"\*{0,2}(?:sent|date|to|cc|subject|gesendet|datum|an|betreff|envoyé(?: le)?|à|objet|sujet|enviado(?: el)?|fecha|para|asunto"
    r"|reply-to|antwort an|répondre à|responder a) ?:\*{0,2}(?: |$)",
    re.IGNORECASE,
)
_SENT_BY = re.compile(
    r"(?:sent from (?:my |outlook|yahoo|mail for|proton|samsung|gmail)|sent with (?:proton|protonmail|spark)|sent via "
    r"|get outlook for|von meinem .{1,40} gesendet|gesendet (?:von|mit|aus|über) |holen sie sich outlook"
    r"|outlook für (?:ios|android)|diese nachricht wurde von meinem .{1,60} gesendet|envoy[ée]e? (?:de |depuis |à partir d|avec )"
    r"|obten(?:ez|ir) outlook|télécharger outlook|enviado (?:desde|de|con) |obtener outlook|obtén outlook|descargar outlook"
    r"|please excuse (?:my brevity|any typos)|yahoo mail)",
    re.IGNORECASE,
)
_ANSWERS_BELOW = re.compile(
    r"\b(?:see|answers?|comments?|replies|reply|notes?)\b.{0,40}\b(?:below|inline|in-line|in (?:red|blue|green)|in (?:the )?text)\b"
    r"|\b(?:siehe|antworten?|anmerkungen|kommentare)\b.{0,40}\b(?:unten|im text|in rot|in blau|inline|direkt)\b"
    r"|\b(?:voir|réponses?|commentaires)\b.{0,40}\b(?:ci-dessous|plus bas|en rouge|en bleu|dans le texte)\b"
    r"|\b(?:ver|respuestas?|comentarios)\b.{0,40}\b(?:abajo|más abajo|en rojo|en azul|en el texto)\b",
    re.IGNORECASE,
)
_DISCLAIMER = re.compile(
    r"(?:this (?:e-?mail|message|communication)\b|confidentiality notice|confidential(?:ity)?:|disclaimer\b"
    r"|the (?:information|contents?) (?:contained )?(?:in|of) this (?:e-?mail|message)|please consider the environment"
    r"|diese (?:e-?mail|nachricht)\b|der inhalt dieser e-?mail|vertraulichkeits?hinweis"
    r"|ce (?:message|courriel|mail|courrier)\b|cet e-?mail\b|avis de confidentialit"
    r"|este (?:mensaje|correo|e-?mail)\b|aviso (?:legal|de confidencialidad)|la información contenida)",
    re.IGNORECASE,
)
_CONFIDENTIAL = re.compile(
    r"confidential|privileged|intended|vertraulich|rechtlich gesch|empfänger|confidentiel|destinataire|confidencial|destinatario"
    r"|environment|unauthori",
    re.IGNORECASE,
)


def from_html(html: str) -> str:
    """A mail's HTML as our light marks: quotes behind >, a line of two hyphens before what a mail program marks as a signature."""
    html = _BETWEEN_BLOCKS.sub(r"\1", _without_comments(html))
    page = _SIGNATURE.sub(f"<p>{_SIGNATURE_MARK}</p>\\g<0>", html)
    notes = Notes()
    blocks = changed(read_page(page, notes, _LINE_TAGS), lambda line: ours.addressed(list(safe(line, notes))))
    return ours.write(blocks)[0]


def newly_written(text: str) -> str:
    """What the sender wrote into this mail, and, where they answer point by point, what they answer."""
    lines = visible(text).split("\n")
    bare = [_bare(line) for line in lines]
    quote, behind = _quote_from(bare)
    new = _unsigned(lines[:quote], bare[:quote])
    answered = lines[behind:]
    if behind < len(lines) and any(_ANSWERS_BELOW.search(line) for line in bare[:quote]):
        new = [*new, "", *answered]  # without marks nobody can tell whose the words are: all of them stay
    elif behind < len(lines) and _has_own_words(bare[behind:]):
        new = [*new, *_answers(answered, bare[behind:])]
    return dedent("\n".join(_trimmed(new))).strip()


def _bare(line: str) -> str:
    """The line as patterns look at it: no longer than they need, without escapes and outer spaces."""
    return line[:_LONGEST_LINE].replace("\\", "").replace("\u00a0", " ").strip()


def _quote_from(bare: Sequence[str]) -> tuple[int, int]:
    """The line where it begins to quote, and the first one behind the words that introduce the quote."""
    for at, line in enumerate(bare):
        if not line:
            continue
        if line.startswith(">"):
            return at, at
        introduced = _attribution(bare, at)
        if introduced:
            return _above(bare, at), introduced
        if _SEPARATOR.match(line) or _is_head(bare, at):
            return _above(bare, at), _below_head(bare, at)
    return len(bare), len(bare)


def _attribution(bare: Sequence[str], at: int) -> int:
    """The line behind "On Monday, Mara wrote:", which may be wrapped; 0 where none begins here."""
    line = _ATTRIBUTION_RULE.sub("", bare[at])
    for begins, ends in _ATTRIBUTIONS:
        if not begins.match(line):
            continue
        whole = ""
        for last in range(at, min(at + 4, len(bare))):
            if last > at and (not bare[last] or bare[last].startswith(">")):
                break
            whole = _ATTRIBUTION_RULE.sub("", f"{whole} {bare[last]}").strip()
            if ends.search(whole) and (_SAYS_WHEN_OR_WHO.search(whole) or _quotes_next(bare, last + 1)):
                return last + 1
    return 0


def _quotes_next(bare: Sequence[str], at: int) -> bool:
    return next((line.startswith(">") for line in bare[at : at + 4] if line), False)


def _is_head(bare: Sequence[str], at: int) -> bool:
    """Outlook's lines From, Sent, To, Subject above what it quotes, in whatever order. Whoever writes from where to where they go
    and when has neither a subject nor an address there."""
    if not (_HEAD_FROM.match(bare[at]) or _HEAD_SENT.match(bare[at])):
        return False
    lines = bare[at : at + 9]
    sender = next((line for line in lines if _HEAD_FROM.match(line)), "")
    is_mail = "@" in sender or any(_HEAD_SUBJECT.match(line) for line in lines)
    return bool(sender) and is_mail and sum(bool(_HEAD_REST.match(line)) for line in lines) >= 2


def _below_head(bare: Sequence[str], at: int) -> int:
    heads = (_SEPARATOR, _HEAD_FROM, _HEAD_REST)
    while at < len(bare) and (not bare[at] or any(head.match(bare[at]) for head in heads)):
        at += 1
    return at


def _above(bare: Sequence[str], at: int) -> int:
    """Without a rule, and empty lines, above the line."""
    while at and (not bare[at - 1] or _RULE.match(bare[at - 1])):
        at -= 1
    return at


def _has_own_words(bare: Sequence[str]) -> bool:
    """Whether there is something below the first quoted line that isn't quoted, other than a signature."""
    first = next((at for at, line in enumerate(bare) if line), None)
    if first is None or not bare[first].startswith(">"):
        return False  # no quote marks: where the quoted text ends can't be seen
    return any(line and not line.startswith(">") for line in _unsigned(bare, bare))


def _answers(lines: Sequence[str], bare: Sequence[str]) -> list[str]:
    """What stands below and between quotes. A whole mail that is quoted above the one answer goes; what is answered stays."""
    ended = _unsigned(lines, bare)
    kept = [_bare(line) for line in ended]
    ends = [at for at, line in enumerate(kept) if line.startswith(">")]
    last = ends[-1] if ends else -1
    is_one_block = all(not line or line.startswith(">") for line in kept[:last])
    quoted = sum(bool(line.lstrip("> ")) for line in kept[: last + 1])
    if is_one_block and quoted > 3:
        return ended[last + 1 :]
    tail = next((at for at in range(len(kept) - 1, -1, -1) if kept[at] and not kept[at].startswith(">")), len(kept) - 1)
    return ["", *(line.strip() if line.lstrip().startswith(">") else line for line in ended[: tail + 1])]


def _unsigned(lines: Sequence[str], bare: Sequence[str]) -> list[str]:
    """Without signature, what a telephone adds, and disclaimer, at the end."""
    end = next((at for at, line in enumerate(bare) if _is_signature(lines, bare, at)), len(bare))
    before = -1
    while before != end:
        before = end
        end = _without_disclaimer(bare, _without_sent_by(bare, end))
    return list(lines[:end])


def _is_signature(lines: Sequence[str], bare: Sequence[str], at: int) -> bool:
    """RFC 3676's line of two hyphens and a space; without the space only above a few lines that are no sentences, for it may
    part two thoughts."""
    if bare[at] != _SIGNATURE_MARK:
        return False
    below = [line for line in bare[at + 1 :] if line]
    return lines[at].endswith("-- ") or (len(below) <= _SIGNED_WITH and not any(map(_SENTENCE.search, below)))


def _without_sent_by(bare: Sequence[str], end: int) -> int:
    end = _shortened(bare, end)
    if end and len(bare[end - 1]) < 120 and _SENT_BY.match(bare[end - 1].replace("[", "").lstrip("*_ ")):
        end = _shortened(bare, end - 1)
    return end


def _without_disclaimer(bare: Sequence[str], end: int) -> int:
    """The last paragraph, where it begins and speaks like one."""
    end = start = _shortened(bare, end)
    while start and bare[start - 1] and not _RULE.match(bare[start - 1]):
        start -= 1
        if bare[start].endswith(_CELL) and not bare[start - 1].endswith(_CELL):
            break  # a company's server puts it into a table below the last line
    paragraph = " ".join(bare[start:end])[: 4 * _LONGEST_LINE]
    if start and _DISCLAIMER.match(paragraph.lstrip("*_ ")) and _CONFIDENTIAL.search(paragraph):
        return _shortened(bare, start)
    return end


def _shortened(bare: Sequence[str], end: int) -> int:
    """Without what says nothing: empty lines, rules, the mark of a signature that is gone."""
    while end and (bare[end - 1] in ("", _SIGNATURE_MARK) or _RULE.match(bare[end - 1])):
        end -= 1
    return end


def _trimmed(lines: Iterable[str]) -> list[str]:
    """Without spaces at line ends, and no more than one empty line in a row."""
    results: list[str] = []
    for line in map(str.rstrip, lines):
        if line or (results and results[-1]):
            results.append(line)
    return results


def _without_comments(html: str) -> str:
    """Outlook's conditions are comments with tags in them. One that is never closed goes to the end."""
    parts: list[str] = []
    at = 0
    while (start := html.find("<!--", at)) >= 0:
        parts.append(html[at:start])
        end = html.find("-->", start + 4)
        if end < 0:
            return "".join(parts)
        at = end + 3
    return "".join([*parts, html[at:]])
