"""How Slack's answers to an invitation are told: each documented error as a sentence that helps.

The lists are those of docs.slack.dev, of `admin.users.invite`, of `conversations.inviteShared`, and of every method.
"""

from collections.abc import Sequence

from .rules import ColleagueOutcome, InviteColleagueResult

NO_ANSWER, RATE_LIMITED = "no_answer", "ratelimited"
NOT_YET, SENT_BEFORE, IN_PROGRESS = "not_yet", "sent_before", "in_progress"


def of_error(email: str, code: str, wait: int = 0) -> InviteColleagueResult:
    """What became of one address, when Slack answered with this code; `wait`: the seconds it asks to wait."""
    if code in _THERE_ALREADY:
        return InviteColleagueResult(
            email=email, outcome=ColleagueOutcome.ALREADY_IN_TEAM, code=code, message=_SENTENCES[code]
        )
    sentence = _SENTENCES.get(code, "Slack refused this address without saying why. Invite it in Slack itself.")
    if wait and code in _SLOWER:
        sentence = f"Slack asks to wait {wait} seconds. This address was not invited yet; send it again then."
    return InviteColleagueResult(email=email, outcome=ColleagueOutcome.REFUSED, code=code, message=sentence, wait=wait)


def needs_authorization(results: Sequence[InviteColleagueResult]) -> bool:
    """Whether the authorization that was used doesn't hold any more, and must be asked for again."""
    return any(result.code in _AUTHORIZE_AGAIN for result in results)


def must_stop(result: InviteColleagueResult) -> bool:
    """Whether asking for the next address now would only be refused again, or make it worse."""
    return result.code in _SLOWER or result.code in _AUTHORIZE_AGAIN


_THERE_ALREADY = ("already_in_team", "already_in_team_invited_user", "already_in_channel")
_SLOWER = (RATE_LIMITED, "ratelimit", "rate_limited", NOT_YET)
_AUTHORIZE_AGAIN = (
    "token_revoked",
    "token_expired",
    "invalid_auth",
    "not_authed",
    "account_inactive",
    "missing_scope",
    "not_allowed_token_type",
    "team_access_not_granted",
)
_OUR_FAULT = "Webtop asked Slack in a way it doesn't take. Nothing was sent; invite this address in Slack itself."
_GONE = "Slack has taken this way of inviting away. Invite this address in Slack itself."
_MOVING = "The organisation is being moved at Slack. Try again later."
_PERHAPS = "Slack had a fault and doesn't say whether it was sent. Send it again: Slack invites nobody twice."
_SENTENCES = {
    "already_in_team": "This person is in the workspace already.",
    "already_in_team_invited_user": "This person was invited before. The invitation can be sent again in Slack only.",
    "failed_looking_up_user": "Slack couldn't look this address up. Try again later.",
    "failed_to_send_invite": "Slack couldn't send this invitation. Try again later.",
    "failed_to_validate_caller": "Slack doesn't let this account invite people. Ask an owner of the organisation.",
    "failed_to_validate_channels": "Slack doesn't know one of the channels, or you are not in it. Choose others.",
    "failed_to_validate_custom_message": "Slack doesn't take this message. Make it shorter, without links.",
    "failed_to_validate_expiration": "Slack doesn't take this end date. Choose another.",
    "failed_to_validate_team": "Slack doesn't know this workspace. Sign in with Slack again.",
    "feature_not_enabled": "This workspace doesn't allow invitations by applications. Invite in Slack itself.",
    "invalid_email": "Slack doesn't take this for an e-mail address. Check it.",
    "not_an_admin": "Only owners and admins can invite this way. Ask one of them.",
    "team_not_found": "Slack doesn't know this workspace. Sign in with Slack again.",
    "user_disabled": "This person was deactivated in the workspace. An admin can let them in again, in Slack.",
    # conversations.inviteShared
    "already_in_channel": "This person is in the channel already.",
    "cannot_share_cross_workspace_channel": "This channel belongs to several workspaces and can't be shared. Choose another.",
    "cannot_share_mandatory_channel": "This channel is for everybody in the workspace and can't be shared. Choose another.",
    "channel_archived": "This channel is archived. Choose another.",
    "channel_not_found": "Slack doesn't know this channel. Choose another.",
    "connection_limit_exceeded": "This channel is connected to as many organisations as Slack allows. Choose another.",
    "connection_limit_exceeded_pending": "An invitation to this channel is open already. Wait for its answer.",
    "invalid_channel_type": "Slack can't share this kind of channel. Choose another.",
    "invite_lookup_error": "Slack couldn't look for earlier invitations. Try again later.",
    "invite_not_found": "Slack couldn't make this invitation. Try again later.",
    "legacy_connection_limit_exceeded": "This old kind of shared channel takes no third organisation. Choose another.",
    "member_limit_exceeded": "The channel has as many members as Slack allows. Choose another.",
    "message_too_long": "The message is too long. Use at most 560 characters.",
    "no_external_invite_permission": "This workspace doesn't let you invite through Slack Connect. Ask an admin.",
    "not_allowed_for_grid_workspace": "Slack Connect is switched off in this workspace. Ask an admin.",
    "not_in_channel": "The app isn't in this channel. Add it there first, with /invite.",
    "not_owner": "Only the organisation that owns this channel can invite others to it. Ask its owner.",
    "not_paid": "Slack Connect is for paid workspaces only.",
    "not_supported": "Slack can't share this channel. Choose another.",
    "ratelimit": "Slack asks to wait a minute. This address was not invited yet; send it again then.",
    "recipients_not_specified": "Slack got no address. Type one.",
    "restricted_action": "A setting of the workspace forbids this. Ask an admin.",
    "too_many_emails": "Slack takes one address at a time. Send the others after it.",
    "url_in_message": "Slack allows no link in this message. Remove it.",
    "user_not_found": "Slack doesn't know this person. Check the address.",
    # every method
    "access_denied": "Slack doesn't let this account invite people. Ask an admin.",
    "accesslimited": "The organisation allows Slack in its own network only, and Webtop is outside. Ask an admin.",
    "account_inactive": "The account that authorized is gone. Authorize again.",
    "deprecated_endpoint": _GONE,
    "ekm_access_denied": "The organisation's admins have suspended its messages. Ask one of them.",
    "enterprise_is_restricted": "The organisation doesn't allow this. Invite this address in Slack itself.",
    "fatal_error": _PERHAPS,
    "internal_error": _PERHAPS,
    "invalid_arg_name": _OUR_FAULT,
    "invalid_arguments": _OUR_FAULT,
    "invalid_array_arg": _OUR_FAULT,
    "invalid_auth": "The authorization doesn't hold any more. Authorize again.",
    "invalid_charset": _OUR_FAULT,
    "invalid_form_data": _OUR_FAULT,
    "invalid_post_type": _OUR_FAULT,
    "is_bot": "The authorization is of the wrong kind. Invite this address in Slack itself.",
    "method_deprecated": _GONE,
    "missing_post_type": _OUR_FAULT,
    "missing_scope": "The authorization lacks a right. Authorize again.",
    "no_permission": "The account that authorized may not invite people. Ask an admin.",
    "not_allowed_token_type": "The authorization is of the wrong kind. Authorize again.",
    "not_authed": "The authorization is missing. Authorize again.",
    "org_login_required": _MOVING,
    "ratelimited": "Slack asks to wait a minute. This address was not invited yet; send it again then.",
    "rate_limited": "Slack asks to wait a minute. This address was not invited yet; send it again then.",
    "request_timeout": "Slack didn't get the whole request. Send it again.",
    "service_unavailable": "Slack isn't there now. Try again later.",
    "team_access_not_granted": "The authorization doesn't cover this workspace. Authorize again.",
    "team_added_to_org": _MOVING,
    "token_expired": "The authorization has expired. Authorize again.",
    "token_revoked": "The authorization was taken back. Authorize again.",
    "two_factor_setup_required": "Slack wants the account that authorized to set up two-factor sign-in first.",
    "unknown_method": _GONE,
    # our own
    NO_ANSWER: "Slack didn't answer, so it may have been sent. Send it again: Slack invites nobody twice.",
    IN_PROGRESS: "This address is being sent at this moment. Look again in a minute.",
    NOT_YET: "Not sent yet. Send it again.",
    SENT_BEFORE: "This address was invited less than a day ago. Slack can send the mail again.",
}
