"""What Slack's published reference says of each method: arguments, scopes, kinds of token. Facts, kept as data.

Taken from the reference at docs.slack.dev as of August 2026 (slack-ruby/slack-api-ref f4837c0c), not from what our
application sends: a call that leaves something out or sends something unknown is refused here.
"""

from dataclasses import dataclass

_READ = "channels:read groups:read im:read mpim:read"
_HISTORY = "channels:history groups:history im:history mpim:history"
_OPEN_BOT = "channels:manage groups:write im:write mpim:write"
_POST_OPTIONS = (
    "as_user attachments blocks current_draft_last_updated_ts icon_emoji icon_url link_names markdown_text metadata "
    "mrkdwn parse reply_broadcast text thread_ts unfurl_links unfurl_media username"
)
_UPDATE_OPTIONS = (
    "as_user attachments unfurled_attachments blocks markdown_text metadata link_names parse text reply_broadcast "
    "file_ids"
)
_GRANT = "client_id client_secret code redirect_uri grant_type refresh_token code_verifier"


@dataclass(frozen=True, slots=True)
class Method:
    """Required and optional arguments; any one of the scopes is enough. No scopes for a kind: that kind can't call."""

    required: str = ""
    optional: str = ""
    bot: str | None = None
    user: str | None = None
    json: bool = False
    token: bool = True

    @property
    def known(self) -> set[str]:
        return {"token", *self.required.split(), *self.optional.split()}

    def scopes(self, kind: str) -> list[str] | None:
        """The scopes of which one is needed; None where this kind of token may not call."""
        scopes = self.bot if kind == "bot" else self.user
        return None if scopes is None else scopes.split()


def _both(required: str, optional: str, scopes: str, json: bool = False) -> Method:
    return Method(required, optional, scopes, scopes, json)


METHODS: dict[str, Method] = {
    "api.test": Method(optional="error", json=True, token=False),
    "openid.connect.token": Method(optional=_GRANT, token=False),
    "openid.connect.userInfo": Method(user="openid"),
    "oauth.v2.access": Method(optional=f"{_GRANT} assertion", token=False),
    "auth.test": _both("", "", "", json=True),
    "auth.revoke": _both("", "test", ""),
    "apps.uninstall": _both("client_id client_secret", "", ""),
    "chat.postMessage": _both("channel", _POST_OPTIONS, "chat:write", json=True),
    "chat.update": _both("ts channel", _UPDATE_OPTIONS, "chat:write", json=True),
    "chat.delete": _both("ts channel", "as_user", "chat:write", json=True),
    "chat.getPermalink": _both("channel message_ts", "", ""),
    "conversations.open": Method(
        optional="channel return_im users prevent_creation",
        bot=_OPEN_BOT,
        user="channels:write groups:write im:write mpim:write",
        json=True,
    ),
    "conversations.list": _both("", "cursor exclude_archived limit team_id types", _READ),
    "conversations.info": _both("channel", "include_locale include_num_members", _READ),
    "conversations.members": _both("channel", "cursor limit", _READ),
    "conversations.history": _both(
        "channel", "cursor include_all_metadata inclusive latest limit oldest", _HISTORY, json=True
    ),
    "conversations.replies": _both("channel ts", "cursor include_all_metadata inclusive latest limit oldest", _HISTORY),
    "conversations.join": Method("channel", "", bot="channels:join", user="channels:write", json=True),
    "conversations.inviteShared": Method(
        "channel", "emails user_ids external_limited", bot="conversations.connect:write", json=True
    ),
    "users.info": _both("user", "include_locale", "users:read"),
    "users.list": _both("", "cursor include_locale limit team_id", "users:read"),
    "users.lookupByEmail": _both("email", "", "users:read.email"),
    "users.conversations": _both("", "cursor exclude_archived exclude_muted limit team_id types user", _READ),
    "team.info": _both("", "domain team", "team:read", json=True),
    "team.billing.info": _both("", "", "team.billing:read"),
    "reactions.add": _both("name timestamp channel", "", "reactions:write", json=True),
    "reactions.remove": _both("name", "file file_comment channel timestamp", "reactions:write", json=True),
    "reactions.get": _both("", "channel file file_comment full timestamp", "reactions:read"),
    "files.getUploadURLExternal": _both("filename length", "alt_txt snippet_type", "files:write"),
    "files.completeUploadExternal": _both(
        "files", "blocks channel_id channels initial_comment thread_ts", "files:write", json=True
    ),
    "files.info": _both("file", "count cursor limit page", "files:read"),
    "files.delete": _both("file", "", "files:write", json=True),
    "views.publish": Method("user_id view", "hash", bot="", user="", json=True),
    "admin.users.invite": Method(
        "email team_id channel_ids",
        "custom_message real_name resend is_restricted is_ultra_restricted guest_expiration_ts "
        "email_password_policy_enabled",
        user="admin.users:write",
        json=True,
    ),
}

COMMON_ERRORS = {
    "access_denied", "accesslimited", "account_inactive", "deprecated_endpoint", "ekm_access_denied",
    "enterprise_is_restricted", "fatal_error", "internal_error", "invalid_arg_name", "invalid_array_arg",
    "invalid_auth", "invalid_charset", "invalid_form_data", "invalid_post_type", "is_bot", "method_deprecated",
    "missing_post_type", "missing_scope", "no_permission", "not_allowed_token_type", "not_authed",
    "org_login_required", "request_timeout", "service_unavailable", "team_access_not_granted", "team_added_to_org",
    "token_expired", "token_revoked", "two_factor_setup_required",
}  # fmt: skip
"""Those that every method's page documents, but for the 429."""

IDENTITY_SCOPES = {"openid", "email", "profile"}
BOT_SCOPES = {
    "app_mentions:read", "channels:history", "channels:join", "channels:manage", "channels:read", "chat:write",
    "chat:write.customize", "chat:write.public", "commands", "conversations.connect:write", "emoji:read", "files:read",
    "files:write", "groups:history", "groups:read", "groups:write", "im:history", "im:read", "im:write",
    "mpim:history", "mpim:read", "mpim:write", "reactions:read", "reactions:write", "team.billing:read", "team:read",
    "users.profile:read", "users:read", "users:read.email",
}  # fmt: skip
ADMIN_SCOPES = {"admin.users:read", "admin.users:write", "admin.invites:read", "admin.invites:write"}
USER_SCOPES = {
    "channels:history", "channels:read", "channels:write", "chat:write", "groups:read", "groups:write", "im:history",
    "im:read", "im:write", "mpim:read", "mpim:write", "reactions:read", "reactions:write", "team.billing:read",
    "team:read", "users:read", "users:read.email",
}  # fmt: skip
