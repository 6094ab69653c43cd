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
            email=email, outcome=ColleagueOutcome.ALREADY_IN_TEAM, code=code, sentence=_SENTENCES[code]
        )
    sentence = _SENTENCES.get(
        code, "Slack refused this address and didn't say why. Invite the person in Slack instead."
    )
    values = {"seconds": wait} if wait and code in _SLOWER else {}
    if values:
        sentence = "Slack asks us to wait {seconds} seconds. This address hasn't been invited yet; send it again then."
    return InviteColleagueResult(
        email=email, outcome=ColleagueOutcome.REFUSED, code=code, sentence=sentence, values=values, wait=wait
    )


def pause(result: InviteColleagueResult) -> int:
    """The seconds after which asking again for this address may help; 0 where it changes nothing."""
    if result.code in _LIMITED:
        return result.wait or _MINUTE
    return _MOMENT if result.code == IN_PROGRESS else 0


def needs_authorization(results: Sequence[InviteColleagueResult]) -> bool:
    """Whether the authorization that was used doesn't hold any more, and must be asked for again."""
    return any(result.code in _AUTHORIZE_AGAIN for result in results)


def must_stop(result: InviteColleagueResult) -> bool:
    """Whether asking for the next address now would only be refused again, or make it worse."""
    return result.code in _SLOWER or result.code in _AUTHORIZE_AGAIN


_THERE_ALREADY = ("already_in_team", "already_in_team_invited_user", "already_in_channel")
_MINUTE, _MOMENT = 60, 5
_LIMITED = (RATE_LIMITED, "ratelimit", "rate_limited")
_SLOWER = (*_LIMITED, NOT_YET)
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
_OUR_FAULT = "Slack didn't understand our request. Nothing was sent; invite the person in Slack instead."
_GONE = "Slack no longer lets apps invite this way. Invite the person in Slack instead."
_MOVING = "Slack is moving this organisation at the moment. Try again later."
_PERHAPS = "Slack had an error and may or may not have sent it. Send it again: Slack never invites anyone twice."
_SENTENCES = {
    "already_in_team": "This person is already in the workspace.",
    "already_in_team_invited_user": "This person has already been invited. You can resend the invitation in Slack.",
    "failed_looking_up_user": "Slack couldn't look this address up. Try again later.",
    "failed_to_send_invite": "Slack couldn't send this invitation. Try again later.",
    "failed_to_validate_caller": "Slack doesn't let this account invite people. Ask an owner of the organisation.",
    "failed_to_validate_channels": "Slack can't find one of the channels, or you aren't in it. Choose others.",
    "failed_to_validate_custom_message": "Slack didn't accept this message. Shorten it and remove any links.",
    "failed_to_validate_expiration": "Slack didn't accept this end date. Choose another.",
    "failed_to_validate_team": "Slack can't find this workspace. Sign in with Slack again.",
    "feature_not_enabled": "This workspace doesn't allow apps to invite people. Invite the person in Slack instead.",
    "invalid_email": "Slack says this isn't an e-mail address. Check it for typos.",
    "not_an_admin": "Only owners and admins can invite this way. Ask one of them.",
    "team_not_found": "Slack can't find this workspace. Sign in with Slack again.",
    "user_disabled": "This person's account is deactivated. An admin can reactivate it in Slack.",
    # conversations.inviteShared
    "already_in_channel": "This person is already in the channel.",
    "cannot_share_cross_workspace_channel": "This channel belongs to several workspaces and can't be shared. Choose another.",
    "cannot_share_mandatory_channel": "Everyone in the workspace is in this channel, so it can't be shared. Choose another.",
    "channel_archived": "This channel is archived. Choose another.",
    "channel_not_found": "Slack can't find this channel. Choose another.",
    "connection_limit_exceeded": "This channel is connected to as many organisations as Slack allows. Choose another.",
    "connection_limit_exceeded_pending": "There's already a pending invitation to this channel. Wait for the reply.",
    "invalid_channel_type": "Slack can't share this kind of channel. Choose another.",
    "invite_lookup_error": "Slack couldn't look for earlier invitations. Try again later.",
    "invite_not_found": "Slack couldn't make this invitation. Try again later.",
    "legacy_connection_limit_exceeded": "This shared channel can't include a third organisation. Choose another.",
    "member_limit_exceeded": "The channel has as many members as Slack allows. Choose another.",
    "message_too_long": "The message is too long. Use at most 560 characters.",
    "no_external_invite_permission": "This workspace doesn't let you invite through Slack Connect. Ask an admin.",
    "not_allowed_for_grid_workspace": "Slack Connect is switched off in this workspace. Ask an admin.",
    "not_in_channel": "The app isn't in this channel. Add it there first, with /invite.",
    "not_owner": "Only the organisation that owns this channel can invite others to it. Ask its owner.",
    "not_paid": "Slack Connect is only available in paid workspaces.",
    "not_supported": "Slack can't share this channel. Choose another.",
    "ratelimit": "Slack asks us to wait a minute. This address hasn't been invited yet; send it again then.",
    "recipients_not_specified": "Slack received no address. Enter one.",
    "restricted_action": "The workspace's settings don't allow this. Ask an admin.",
    "too_many_emails": "Slack takes one address at a time. Send the others afterwards.",
    "url_in_message": "Slack doesn't allow links in this message. Remove the link.",
    "user_not_found": "Slack can't find this person. Check the address.",
    # every method
    "access_denied": "Slack doesn't let this account invite people. Ask an admin.",
    "accesslimited": "The organisation only allows Slack from its own network. Ask an admin.",
    "account_inactive": "The account that connected Slack no longer exists. Connect again.",
    "deprecated_endpoint": _GONE,
    "ekm_access_denied": "The organisation's admins have suspended access. Ask one of them.",
    "enterprise_is_restricted": "The organisation doesn't allow this. Invite the person in Slack instead.",
    "fatal_error": _PERHAPS,
    "internal_error": _PERHAPS,
    "invalid_arg_name": _OUR_FAULT,
    "invalid_arguments": _OUR_FAULT,
    "invalid_array_arg": _OUR_FAULT,
    "invalid_auth": "The connection to Slack is no longer valid. Connect again.",
    "invalid_charset": _OUR_FAULT,
    "invalid_form_data": _OUR_FAULT,
    "invalid_post_type": _OUR_FAULT,
    "is_bot": "The connection to Slack can't be used for this. Invite the person in Slack instead.",
    "method_deprecated": _GONE,
    "missing_post_type": _OUR_FAULT,
    "missing_scope": "The connection to Slack lacks a permission. Connect again.",
    "no_permission": "The account that connected Slack can't invite people. Ask an admin.",
    "not_allowed_token_type": "The connection to Slack can't be used for this. Connect again.",
    "not_authed": "Slack isn't connected. Connect again.",
    "org_login_required": _MOVING,
    "ratelimited": "Slack asks us to wait a minute. This address hasn't been invited yet; send it again then.",
    "rate_limited": "Slack asks us to wait a minute. This address hasn't been invited yet; send it again then.",
    "request_timeout": "Slack didn't receive the whole request. Send it again.",
    "service_unavailable": "Slack is unavailable at the moment. Try again later.",
    "team_access_not_granted": "The connection to Slack doesn't cover this workspace. Connect again.",
    "team_added_to_org": _MOVING,
    "token_expired": "The connection to Slack has expired. Connect again.",
    "token_revoked": "The connection to Slack was revoked. Connect again.",
    "two_factor_setup_required": "The account that connected Slack has to set up two-factor sign-in first.",
    "unknown_method": _GONE,
    # our own
    NO_ANSWER: "Slack didn't answer, so it may have been sent. Send it again: Slack never invites anyone twice.",
    IN_PROGRESS: "This invitation is being sent right now. Check again in a minute.",
    NOT_YET: "Not sent yet. Send it again.",
    SENT_BEFORE: "This address was invited less than a day ago. You can resend the invitation in Slack.",
}
