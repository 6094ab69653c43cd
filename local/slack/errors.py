"""The error codes that Slack's reference documents for each method that the relay calls. Facts, kept as data.

From docs.slack.dev (slack-ruby/slack-api-ref 0e98f2ed, November 2026); `COMMON_ERRORS` hold for every method besides.
"""

from local.slack.reference import COMMON_ERRORS

METHOD_ERRORS: dict[str, set[str]] = {
    "chat.postMessage": {
        "as_user_not_supported", "attachment_payload_limit_exceeded", "cannot_reply_to_message", "channel_not_found",
        "duplicate_channel_not_found", "duplicate_message_not_found", "ekm_access_denied", "invalid_blocks",
        "invalid_blocks_format", "invalid_metadata_format", "invalid_metadata_schema", "is_archived",
        "markdown_text_conflict", "message_limit_exceeded", "messages_tab_disabled", "metadata_must_be_sent_from_app",
        "metadata_too_large", "missing_file_data", "msg_blocks_too_long", "no_text", "not_in_channel", "rate_limited",
        "restricted_action", "restricted_action_non_threadable_channel", "restricted_action_read_only_channel",
        "restricted_action_thread_locked", "restricted_action_thread_only_channel",
        "slack_connect_canvas_sharing_blocked", "slack_connect_file_link_sharing_blocked",
        "slack_connect_lists_sharing_blocked", "team_not_found", "too_many_attachments", "too_many_contact_cards",
    },
    "chat.update": {
        "as_user_not_supported", "block_mismatch", "cant_broadcast_message", "cant_update_message",
        "channel_not_found", "edit_window_closed", "external_channel_migrating", "invalid_attachments",
        "invalid_blocks", "invalid_blocks_format", "invalid_metadata_format", "invalid_metadata_schema", "is_inactive",
        "markdown_text_conflict", "message_not_found", "metadata_must_be_sent_from_app", "metadata_too_large",
        "msg_too_long", "no_dual_broadcast_content_update", "no_text", "slack_connect_file_link_sharing_blocked",
        "streaming_state_conflict", "team_not_found", "too_many_attachments", "update_failed",
    },
    "chat.delete": {"cant_delete_message", "channel_not_found", "message_not_found"},
    "reactions.add": {
        "already_reacted", "bad_timestamp", "channel_not_found", "external_channel_migrating", "invalid_name",
        "is_archived", "message_not_found", "no_access", "no_item_specified", "not_reactable", "thread_locked",
        "too_many_emoji", "too_many_reactions",
    },
    "reactions.remove": {
        "bad_timestamp", "channel_not_found", "external_channel_migrating", "file_comment_not_found",
        "file_not_found", "invalid_name", "message_not_found", "no_item_specified", "no_reaction", "thread_locked",
    },
    "conversations.open": {
        "app_cannot_join_channel", "channel_not_found", "invalid_user_combination",
        "method_not_supported_for_channel_type", "missing_scope", "not_enough_users", "restricted_action",
        "too_many_users", "user_disabled", "user_not_found", "user_not_visible", "users_list_not_supplied",
    },
    "conversations.history": {
        "channel_not_found", "invalid_cursor", "invalid_metadata_filter_keys", "invalid_ts_latest",
        "invalid_ts_oldest", "is_archived", "missing_scope", "not_in_channel",
    },
    "conversations.replies": {
        "channel_not_found", "invalid_cursor", "invalid_metadata_filter_keys", "invalid_ts_latest",
        "invalid_ts_oldest", "list_record_comment_fetch_failed", "method_not_supported_for_channel_type",
        "missing_scope", "thread_not_found",
    },
    "views.publish": {
        "duplicate_external_id", "hash_conflict", "missing_profile_id", "not_enabled", "not_implemented",
        "view_too_large",
    },
    "files.getUploadURLExternal": {
        "alt_txt_too_large", "file_upload_size_restricted", "file_uploads_disabled", "missing_argument",
        "snippet_too_large", "storage_limit_reached", "unknown_snippet_type", "unknown_subtype",
    },
    "files.completeUploadExternal": {
        "access_denied", "channel_not_found", "channels_limit_exceeded", "file_not_found", "file_update_failed",
        "invalid_blocks", "invalid_channel", "not_in_channel", "posting_to_channel_denied",
    },
    "files.info": {
        "access_denied", "canvas_disabled_file_team", "canvas_disabled_user_team", "canvas_globally_disabled",
        "channel_canvas_deleted", "file_deleted", "file_not_found", "not_visible",
        "slack_connect_canvas_sharing_blocked", "template_not_visible",
    },
    "files.delete": {
        "cant_delete_file", "delete_not_allowed", "file_deleted", "file_deleting_disabled", "file_not_found",
    },
}  # fmt: skip


def documented(method: str) -> set[str]:
    """Everything that this method may answer as `error`."""
    return METHOD_ERRORS.get(method, set()) | COMMON_ERRORS | {"invalid_arguments", "ratelimited"}
