"""A mail as RFC 5322 bytes of ASCII alone, each header as mail programs and SES want it."""

from email.header import Header
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import EmailPolicy

from ..ports import OutgoingMail

_LINE_MOST = 998  # RFC 5322, 2.1.1
_BODY_LINE = 200  # so that a link in the text stays on one line


class _WholeHeaders(EmailPolicy):
    """Leaves each header of ASCII on one line.

    Python's own folding breaks, or encodes, a word that is longer than a line: `List-Unsubscribe` then holds
    `=?utf-8?q?…?=` where RFC 2369 has an address, and nobody's mail program unsubscribes any more.
    """

    def fold_binary(self, name: str, value: str) -> bytes:
        if getattr(value, "params", None):  # of a part: how a name stands in one is RFC 2231's, and Python's
            return super().fold_binary(name, value)
        addresses: tuple[Address, ...] = getattr(value, "addresses", ())
        text = ", ".join(_written(address, name) for address in addresses) if addresses else _encoded(str(value), name)
        line = f"{name}: {text}{self.linesep}"
        if max(map(len, line.split(self.linesep))) > _LINE_MOST:
            return super().fold_binary(name, value)
        return line.encode("ascii")


_POLICY = _WholeHeaders(linesep="\r\n", cte_type="7bit", max_line_length=_BODY_LINE)


def mime(mail: OutgoingMail, sender: str) -> bytes:
    """The mail from `sender`, an address; names beside addresses and the subject are encoded words (RFC 2047).

    Raises ValueError where a header holds a line break.
    """
    message = EmailMessage(policy=_POLICY)
    message["From"] = Address(mail.from_name, addr_spec=sender)
    message["To"] = Address(addr_spec=mail.to)
    message["Subject"] = mail.subject
    if mail.reply_to:
        message["Reply-To"] = Address(addr_spec=mail.reply_to)
    for name, value in mail.headers:
        message[name] = value
    message.set_content(mail.text)
    message.add_alternative(mail.html, subtype="html")
    for attachment in mail.attachments:
        kind, _, subtype = attachment.type.partition("/")
        message.add_attachment(attachment.content, maintype=kind, subtype=subtype, filename=attachment.name)
    return message.as_bytes()


def _written(address: Address, name: str) -> str:
    """`Mara <m@a.b>`. The address itself stays as it is, on a line of its own where the name fills some."""
    if address.display_name.isascii():
        return str(address)
    return f"{_encoded(address.display_name, name)}\r\n <{address.addr_spec}>"


def _encoded(text: str, name: str) -> str:
    """As it is; beyond ASCII as encoded words of at most 75 characters, a line for each."""
    return text if text.isascii() else Header(text, "utf-8", header_name=name, maxlinelen=75).encode(linesep="\r\n")
