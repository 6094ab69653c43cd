"""Invitations, and how they are found."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Protocol

from ..domain.chats import Chat, Membership
from ..domain.invitations import Invitation, InvitationChange, InvitationMail, MailState
from ..domain.mail_reasons import MailReason
from ..domain.workspaces import Workspace


class Invitations(Protocol):
    def get(self, chat_id: str, invitation_id: str) -> Invitation | None: ...
    def stored(self, chat_id: str, invitation_id: str) -> tuple[Chat | None, Invitation | None]:
        """As it was written last, whatever the clock says: for whoever writes down what the clock has ended."""

    def with_chat(self, chat_id: str, invitation_id: str) -> tuple[Chat | None, Invitation | None]:
        """Both in one read."""

    def workspace_and_inviter(self, invitation: Invitation) -> tuple[Workspace | None, Membership | None]:
        """The workspace it comes from and the inviter's place in the chat, in one read."""

    def add(
        self,
        chat: Chat,
        invitations: Sequence[Invitation],
        memberships: Sequence[Membership],
        becomes_group: bool,
        invited_by: str,
    ) -> int:
        """More people for a chat as it was read: how many of them were stored, before its roster changed meanwhile."""

    def save(self, change: InvitationChange, chat: Chat | None = None, membership: Membership | None = None) -> bool:
        """The step, while what it rests on holds; False where it doesn't any more. With `chat`, its roster must be as it was read;
        with `membership`, the person gets this place: all of it or nothing."""

    def of_mail(self, ses_id: str) -> tuple[str, str, int] | None:
        """Chat, invitation and number of the mail that SES knows by this id."""

    def record_mail_event(
        self,
        of: Invitation,
        number: int,
        mail: InvitationMail,
        instead_of: Sequence[MailState],
        bounced_for: Sequence[MailReason] = (),
    ) -> bool:
        """SES's word about this mail, where it says more than what is known; about an older mail it changes nothing.

        It also replaces a bounce for one of the reasons `bounced_for`.
        """

    def note_mail(self, of: Invitation, number: int, reason: MailReason) -> bool:
        """What came after a delivery and doesn't take it back."""

    def forget(self, of: Invitation) -> None:
        """The invitation goes for good, unless somebody sits on it or it is open again."""

    def erase(self, of: Invitation, now: datetime) -> None:
        """The address is gone from it at once, whatever its state, unless somebody sits on it; what is left was declined."""

    def requeue_mail(self, of: Invitation, now: datetime) -> bool:
        """A mail that waited too long, or for the address's next day, is queued anew."""

    def claim_mail(self, invitation: Invitation, number: int, now: datetime) -> bool:
        """True for one worker at a time, for a minute, while this mail is promised, unsent and its invitation open."""

    def release_mail(self, invitation: Invitation, number: int) -> None: ...
    def finish_mail(self, invitation: Invitation, number: int, mail: InvitationMail, ses_id: str) -> None:
        """SES has it, or will never take it. A later mail's state, or SES's own word about this one, is not overwritten."""


class InvitationLookup(Protocol):
    """Invitations found by their address, by those that hand-overs name, or by the short code in their mail."""

    def add(self, coded: Sequence[tuple[Invitation, str]]) -> None:
        """From now on each invitation is found by its address and by its short code. Again changes nothing."""

    def add_named(self, invitation: Invitation, emails: Iterable[str]) -> None:
        """From now on it is found by these addresses, which its hand-overs name."""

    def remove(self, invitation: Invitation, code: str) -> None: ...
    def remove_named(self, invitation: Invitation, emails: Iterable[str]) -> None: ...
    def remove_code(self, code: str) -> None: ...
    def of_address(self, email: str) -> list[Invitation]:
        """Every invitation that this address has now."""

    def naming(self, email: str) -> list[Invitation]:
        """Also those that it had, and those that somebody wants it to have."""

    def of_code(self, code: str) -> Invitation | None: ...
