"""One function turns what somebody typed into the one form of an address that is stored, compared and mailed to."""

import unicodedata

MAX_LENGTH = 254
# Letters and marks by class that show nothing: joiners, fillers, the empty Braille cell, variation selectors.
_BLANK_NOTIFICATIONS = frozenset("\u034f\u115f\u1160\u17b4\u17b5\u2800\u3164\uffa0") | {
    chr(0xFE00 + at) for at in range(16)
}

_DOTLESS = frozenset({"gmail.com", "googlemail.com"})


class NotAnAddress(ValueError):
    """Not exactly one plain e-mail address; the message says what is wrong with `{text}`, for people."""


def canonical(text: str) -> str:
    """The canonical form: lower case, NFC, the domain in its IDNA ASCII form, so that look-alike domains show themselves.

    >>> canonical(" Dana@Example.ORG ")
    'dana@example.org'
    """
    text = bare(text)
    if not text:
        raise NotAnAddress("Type an e-mail address.")
    if len(text) > MAX_LENGTH:
        raise NotAnAddress("“{text}” is too long for an e-mail address.")
    from email_validator import EmailNotValidError, validate_email  # its patterns are a twentieth of a cold start

    try:
        checked = validate_email(
            text,
            check_deliverability=False,
            allow_smtputf8=False,
            allow_quoted_local=False,
            allow_domain_literal=False,
            test_environment=True,
            strict=True,
        )
    except (EmailNotValidError, UnicodeError) as reason:
        raise NotAnAddress("“{text}” is not an e-mail address.") from reason
    return f"{checked.local_part}@{checked.ascii_domain}".lower()


def bare(text: str) -> str:
    """Without what isn't seen around it: spaces, and the marks that come along when an address is copied from elsewhere.

    >>> bare("\\u200b\\u202adana@example.org\\u202c\\ufeff ")
    'dana@example.org'
    """
    first, last = 0, len(text)
    while first < last and _is_unseen(text[first]):
        first += 1
    while first < last and _is_unseen(text[last - 1]):
        last -= 1
    return text[first:last]


def _is_unseen(character: str) -> bool:
    return unicodedata.category(character)[0] in "CZ" or character in _BLANK_NOTIFICATIONS


def domain_of(address: str) -> str:
    return address.rpartition("@")[2]


def mailbox(address: str) -> str:
    """Whose mailbox an address leads to, for counting what is mailed to one person, and for nothing else: whoever owns
    `ida+work@…` hasn't proved `ida@…`. Without the tag; without dots where the provider passes over them.

    >>> mailbox("i.da+work@googlemail.com")
    'ida@gmail.com'
    """
    local, _, domain = address.rpartition("@")
    name = local.partition("+")[0] or local
    if domain in _DOTLESS:
        name, domain = name.replace(".", "") or name, "gmail.com"
    return f"{name}@{domain}"


def masked(address: str) -> str:
    """`d•••@e•••.org`: enough to recognise one's own address, not enough to learn another's."""
    local, _, domain = address.partition("@")
    name, dot, ending = domain.rpartition(".")
    return f"{local[:1]}•••@{name[:1]}•••{dot}{ending}"


def allowed_here(address: str, allowed: tuple[str, ...], denied: tuple[str, ...]) -> bool:
    """Whether the workspace's lists of domains let this address in; a listed domain covers its subdomains."""
    domain = domain_of(address)

    def listed(domains: tuple[str, ...]) -> bool:
        return any(domain == item or domain.endswith("." + item) for item in domains)

    return not listed(denied) and (not allowed or listed(allowed))
