"""Every refusal of the system, with a stable code and a sentence that tells the reader what to do next.

A `Refusal` is an answer, not a bug: the web layer turns its `kind` into a status. Sentences are `str.format` templates in
English, kept apart from their values so that a page can show them in another language.
"""

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum


class RefusalKind(StrEnum):
    """What sort of no it is; each has one HTTP status."""

    MALFORMED = "malformed"
    NOT_SIGNED_IN = "not_signed_in"
    FORBIDDEN = "forbidden"
    UNKNOWN = "unknown"
    CONFLICT = "conflict"
    GONE = "gone"
    TOO_LARGE = "too_large"
    WRONG_MEDIA = "wrong_media"
    WRONG_FIELD = "wrong_field"
    TOO_MANY = "too_many"
    PROVIDER_FAILED = "provider_failed"
    UNAVAILABLE = "unavailable"


@dataclass(frozen=True, slots=True)
class FieldError:
    """One field at fault: `field` is a path like `invitees[2].email`; the sentence may have values, as a refusal's."""

    field: str
    code: str
    sentence: str
    values: Mapping[str, object] = dataclasses.field(default_factory=dict)

    @property
    def message(self) -> str:
        return format_message(self.sentence, self.values)


class Refusal(Exception):
    """Something the person may not or can't do now. `retry_after` is in seconds."""

    def __init__(
        self,
        kind: RefusalKind,
        code: str,
        sentence: str,
        *,
        fields: tuple[FieldError, ...] = (),
        retry_after: int | None = None,
        ways: tuple[str, ...] = (),
        values: dict[str, object] | None = None,
    ) -> None:
        self.kind, self.code, self.sentence, self.values = kind, code, sentence, values or {}
        self.fields, self.retry_after, self.ways = fields, retry_after, ways
        super().__init__(self.detail)

    @property
    def detail(self) -> str:
        return format_message(self.sentence, self.values)


def format_message(sentence: str, values: Mapping[str, object]) -> str:
    """In English. What has no values is said as it stands, for it may hold braces that somebody typed."""
    return sentence.format(**values) if values else sentence


def wrong_field(field: str, code: str, sentence: str, **values: object) -> Refusal:
    return wrong_fields((FieldError(field, code, sentence, values),))


def unfit(field: str, code: str, sentence: str, **values: object) -> Refusal:
    """One field at fault, for a reason that clients tell apart by the refusal's own code."""
    fault = FieldError(field, code, sentence, values)
    return Refusal(RefusalKind.WRONG_FIELD, code, sentence, fields=(fault,), values=values)


def wrong_fields(fields: tuple[FieldError, ...]) -> Refusal:
    return Refusal(RefusalKind.WRONG_FIELD, "invalid_fields", "Please fix the highlighted fields.", fields=fields)


def unknown() -> Refusal:
    """The one answer for what does not exist and for what is not yours."""
    return Refusal(
        RefusalKind.UNKNOWN,
        "not_found",
        "We can't find this page, or you don't have access. Check the link or switch accounts.",
    )


def not_signed_in() -> Refusal:
    return Refusal(RefusalKind.NOT_SIGNED_IN, "not_signed_in", "Sign in first.")


def other_account() -> Refusal:
    return Refusal(
        RefusalKind.NOT_SIGNED_IN, "other_account", "Another account is signed in to this browser now. Reload the page."
    )


def other_mailbox(email: str) -> Refusal:
    sentence = "Nothing was changed: this browser shows the invitations of {email} now. Open “Your invitations” again."
    return Refusal(RefusalKind.CONFLICT, "other_mailbox", sentence, values={"email": email})


def push_off() -> Refusal:
    return Refusal(RefusalKind.UNKNOWN, "push_off", "Notifications in the browser aren’t set up here.")


def live_off() -> Refusal:
    return Refusal(RefusalKind.UNKNOWN, "live_off", "Live updates aren’t set up here. Ask for new messages instead.")


def wrong_sign_in() -> Refusal:
    return Refusal(
        RefusalKind.NOT_SIGNED_IN,
        "wrong_sign_in",
        "Wrong e-mail or password. Try again, or get a sign-in link.",
    )


def wrong_password() -> Refusal:
    """No 401, which would look like a lost session."""
    return Refusal(
        RefusalKind.FORBIDDEN, "wrong_password", "That is not your password. Type the one that you sign in with."
    )


def own_code_needed() -> Refusal:
    return Refusal(
        RefusalKind.FORBIDDEN, "code_needed", "We have e-mailed you a code, for you have no password. Send it along."
    )


def sign_in_again() -> Refusal:
    return Refusal(
        RefusalKind.FORBIDDEN,
        "sign_in_again",
        "Sign out, sign in anew, and do this within ten minutes, so that we know it is you.",
    )


def account_leaving() -> Refusal:
    return Refusal(
        RefusalKind.FORBIDDEN,
        "account_leaving",
        "This account is being deleted. Keep it first, if you changed your mind.",
    )


def wrong_origin() -> Refusal:
    return Refusal(
        RefusalKind.FORBIDDEN, "wrong_origin", "This request came from another site. Open the page here and try again."
    )


def communicate_off(workspace: str, manages: bool = False) -> Refusal:
    """`manages`: who asks is an owner or admin, and can switch it on."""
    return Refusal(
        RefusalKind.FORBIDDEN,
        "communicate_off",
        "Communicate is switched off at {workspace}. Switch it on in the settings of the workspace."
        if manages
        else "Communicate is switched off at {workspace}. Ask an owner or admin to switch it on.",
        values={"workspace": workspace},
    )


def plan_lacks(option: str) -> Refusal:
    return Refusal(
        RefusalKind.FORBIDDEN,
        "plan",
        "Joining with {option} isn't included in this workspace's plan. Choose another option.",
        values={"option": option},
    )


def not_set_up(provider: str) -> Refusal:
    return Refusal(
        RefusalKind.FORBIDDEN,
        "not_set_up",
        "Signing in with {provider} isn't set up here. Choose another way.",
        values={"provider": provider},
    )


def may_not(what: str) -> Refusal:
    """`what` ends the sentence: 'invite people', 'change the settings'."""
    return Refusal(
        RefusalKind.FORBIDDEN,
        "role",
        "You don't have permission to {what}. Ask an owner or admin of the workspace.",
        values={"what": what},
    )


def members_only() -> Refusal:
    return Refusal(
        RefusalKind.FORBIDDEN,
        "members_only",
        "Only members of the workspace can do this. Ask the person who invited you.",
    )


def invitation_over(status: str) -> Refusal:
    sentences = {
        "expired": "This invitation has ended. You can ask for a new one.",
        "revoked": "This invitation was withdrawn. Write to the person who invited you if you think that's a mistake.",
        "declined": "This invitation was declined. If you changed your mind, write to the inviter, who can invite you again.",
        "accepted": "This invitation was used already. Sign in with the account that joined.",
    }
    return Refusal(RefusalKind.GONE, f"invitation_{status}", sentences[status])


def chat_full(cap: int) -> Refusal:
    return Refusal(
        RefusalKind.CONFLICT,
        "chat_full",
        "This chat is limited to {cap} people on the workspace's plan. Remove someone or upgrade the plan.",
        values={"cap": cap},
    )


def mail_cap(cap: int, retry_after: int) -> Refusal:
    return Refusal(
        RefusalKind.TOO_MANY,
        "mail_cap",
        "That's more than your workspace's limit of {cap} invitations in 24 hours. Nothing was sent; try fewer, or later.",
        retry_after=retry_after,
        values={"cap": cap},
    )


def too_many(code: str, sentence: str, retry_after: int) -> Refusal:
    return Refusal(RefusalKind.TOO_MANY, code, sentence, retry_after=retry_after)


def too_soon(seconds: int) -> Refusal:
    return Refusal(
        RefusalKind.TOO_MANY,
        "resend_too_soon",
        "This invitation was sent a moment ago. It can be sent again in {minutes} min.",
        retry_after=seconds,
        values={"minutes": -(-seconds // 60)},
    )


def conflict(code: str, sentence: str, **values: object) -> Refusal:
    return Refusal(RefusalKind.CONFLICT, code, sentence, values=values)


def already_in_chat() -> Refusal:
    return conflict("already_in_chat", "This person is in the chat already.")


def sending_paused() -> Refusal:
    return Refusal(
        RefusalKind.FORBIDDEN,
        "sending_paused",
        "Invitations were reported as abuse, so nothing goes out until we have decided. Links that people have still work.",
    )


def chat_closed() -> Refusal:
    return conflict("chat_closed", "This chat is closed. What was said stays readable; no one writes here any more.")


def nobody_in_charge() -> Refusal:
    return Refusal(
        RefusalKind.FORBIDDEN,
        "nobody_in_charge",
        "No member of the workspace is in this chat now. You can read on; writing waits until one takes it over.",
    )


def has_members() -> Refusal:
    return conflict("has_members", "Members are in this chat. Only a chat without any can be taken over or closed.")


def calls_off() -> Refusal:
    return Refusal(
        RefusalKind.FORBIDDEN,
        "calls_off",
        "Calls are switched off in this workspace. An owner or admin can choose a provider in the settings.",
    )


class CallOpen(Refusal):
    """There is one already; `url` is ours."""

    def __init__(self, call_id: str, url: str) -> None:
        super().__init__(RefusalKind.CONFLICT, "call_open", "A call is open in this chat. Join that one.")
        self.call_id, self.url = call_id, url


def files_off(workspace: str) -> Refusal:
    return Refusal(
        RefusalKind.FORBIDDEN,
        "files_off",
        "{workspace} doesn’t take files from you here. Send a link, or ask its owner.",
        values={"workspace": workspace},
    )


def file_blocked(name: str) -> Refusal:
    return Refusal(
        RefusalKind.FORBIDDEN,
        "file_blocked",
        "“{name}” is blocked: malware was found in it, or it couldn’t be checked. Ask for another copy.",
        values={"name": name},
    )


def file_used() -> Refusal:
    return conflict("file_used", "This file is in a message already. Upload it again to send it once more.")


def mail_bounces() -> Refusal:
    return conflict("mail_bounces", "E-mails to your address come back. Change your address in the settings first.")


def mail_unwanted() -> Refusal:
    return conflict(
        "mail_unwanted",
        "Our e-mails were reported as spam from your mailbox. Allow them again under “Your invitations” first.",
    )


def mail_not_kept() -> Refusal:
    return Refusal(
        RefusalKind.GONE,
        "mail_not_kept",
        "The rest of this e-mail isn't kept any more. Ask whoever wrote it to send it again.",
    )


def mail_from_before() -> Refusal:
    return Refusal(
        RefusalKind.FORBIDDEN,
        "mail_from_before",
        "This e-mail quotes what was written before you joined. Ask whoever wrote it for what you need.",
    )


def call_over() -> Refusal:
    return Refusal(RefusalKind.GONE, "call_over", "This call is over. Start a new one in the chat.")


def no_meeting_link() -> Refusal:
    return conflict(
        "no_meeting_link",
        "Calls are held at each member’s own meeting link. Add yours in the settings, or ask a member.",
    )


def account_exists() -> Refusal:
    return conflict("account_exists", "This address has an account. Sign in with it to join.")


def address_mismatch(ways: tuple[str, ...]) -> Refusal:
    return Refusal(
        RefusalKind.CONFLICT,
        "address_mismatch",
        "These two addresses are different: the invitation's and your account's. Choose how to go on.",
        ways=ways,
    )


def busy(retry_after: int = 1) -> Refusal:
    return Refusal(
        RefusalKind.UNAVAILABLE,
        "busy",
        "We're a bit busy. Nothing was lost; please try again.",
        retry_after=retry_after,
    )
