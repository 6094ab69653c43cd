"""What each of Slack's documented error codes means for the relay: for how much, and whether it heals.

The codes are those of docs.slack.dev for the methods that the relay calls (as of November 2026), and of every method.
"""

from ..meanings import Means

POST, UPDATE, DELETE = "chat.postMessage", "chat.update", "chat.delete"
ADD, REMOVE = "reactions.add", "reactions.remove"
BEGIN_FILE, SHARE_FILE = "files.getUploadURLExternal", "files.completeUploadExternal"
SHOW_FILE, DELETE_FILE = "files.info", "files.delete"
PUBLISH = "views.publish"
FILES = (BEGIN_FILE, SHARE_FILE, SHOW_FILE, DELETE_FILE)

_EVERYWHERE: dict[Means, str] = {
    Means.SIDE: """
        accesslimited account_inactive app_cannot_join_channel cannot_dm_bot deprecated_endpoint ekm_access_denied
        enterprise_is_restricted invalid_auth invalid_user_combination is_bot message_limit_exceeded
        messages_tab_disabled method_deprecated method_not_supported_for_channel_type missing_scope no_permission
        not_allowed_token_type not_authed not_enough_users restricted_action restricted_action_non_threadable_channel
        restricted_action_read_only_channel restricted_action_thread_only_channel team_access_not_granted
        token_expired token_revoked too_many_users two_factor_setup_required user_disabled user_not_found
        user_not_visible users_list_not_supplied access_denied
    """,
    Means.WINDOW: "cannot_reply_to_message channel_not_found is_archived not_in_channel thread_not_found",
    Means.THIS: """
        as_user_not_supported attachment_payload_limit_exceeded bad_timestamp block_mismatch cant_broadcast_message
        cant_delete_message cant_update_message duplicate_channel_not_found duplicate_message_not_found
        edit_window_closed file_comment_not_found file_not_found invalid_arg_name invalid_arguments invalid_array_arg
        invalid_attachments invalid_blocks invalid_blocks_format invalid_charset invalid_cursor invalid_form_data
        invalid_metadata_filter_keys invalid_metadata_format invalid_metadata_schema invalid_name invalid_post_type
        invalid_ts_latest invalid_ts_oldest is_inactive markdown_text_conflict message_not_found
        metadata_must_be_sent_from_app metadata_too_large missing_file_data missing_post_type msg_blocks_too_long
        msg_too_long no_access no_dual_broadcast_content_update no_item_specified no_text not_reactable
        alt_txt_too_large canvas_disabled_file_team canvas_disabled_user_team canvas_globally_disabled cant_delete_file
        channel_canvas_deleted channels_limit_exceeded delete_not_allowed file_deleted file_deleting_disabled
        file_type_not_allowed file_upload_size_restricted file_uploads_disabled file_uploads_except_images_disabled
        invalid_channel missing_argument not_visible posting_to_channel_denied snippet_too_large storage_limit_reached
        template_not_visible unknown_snippet_type unknown_subtype
        restricted_action_thread_locked slack_connect_canvas_sharing_blocked slack_connect_file_link_sharing_blocked
        slack_connect_lists_sharing_blocked team_not_found thread_locked too_many_attachments too_many_contact_cards
        too_many_emoji too_many_reactions duplicate_external_id missing_profile_id not_enabled not_implemented view_too_large
    """,
    Means.LATER: """
        external_channel_migrating org_login_required rate_limited ratelimited request_timeout service_unavailable
        team_added_to_org
    """,
    Means.FEW_TRIES: "file_update_failed list_record_comment_fetch_failed streaming_state_conflict update_failed hash_conflict",
    Means.PERHAPS: "fatal_error internal_error",
    Means.DONE: "already_reacted no_reaction",
}
_MEANS = {code: means for means, codes in _EVERYWHERE.items() for code in codes.split()}
# A reaction that isn't allowed says nothing about messages; what isn't there any more needn't be taken away.
_REACTIONS_ALONE = ("access_denied", "is_bot", "missing_scope", "no_permission", "not_allowed_token_type")
_FOR_METHOD = {
    **{(method, code): Means.THIS for method in (ADD, REMOVE) for code in _REACTIONS_ALONE},
    # Nor does what is refused of the app's own page.
    **{(PUBLISH, code): Means.THIS for code in (*_REACTIONS_ALONE, "user_not_found", "restricted_action")},
    # Nor does what is refused of a file; who added the app before it carried files hasn't allowed them.
    **{(method, code): Means.THIS for method in FILES for code in _REACTIONS_ALONE},
    **{(DELETE_FILE, code): Means.DONE for code in ("file_deleted", "file_not_found")},
    (DELETE, "message_not_found"): Means.DONE,
    (REMOVE, "message_not_found"): Means.DONE,
}
_SAID = {
    (POST, "msg_too_long"): "This message is too long for Slack.",
    (POST, "msg_blocks_too_long"): "This message is too long for Slack.",
    (UPDATE, "msg_too_long"): "This version is too long for Slack; they still see an earlier one.",
    (UPDATE, "message_not_found"): "It was deleted there.",
    (BEGIN_FILE, "missing_scope"): "Their Slack hasn’t allowed files yet; its app has to be added again.",
    (BEGIN_FILE, "file_uploads_disabled"): "Their Slack takes no files.",
    (BEGIN_FILE, "file_upload_size_restricted"): "It is too large for their Slack.",
    (BEGIN_FILE, "storage_limit_reached"): "Their Slack has no room left for files.",
}
_SAID_OF = {
    POST: "Slack doesn't accept this message.",
    UPDATE: "They still see the original.",
    DELETE: "They can still see it.",
    DELETE_FILE: "They can still see it.",
    **dict.fromkeys((BEGIN_FILE, SHARE_FILE, SHOW_FILE), "Slack doesn’t accept this file."),
}


def means(method: str, code: str) -> Means | None:
    """None for a code that nobody documents."""
    return _FOR_METHOD.get((method, code)) or _MEANS.get(code)


def words(method: str, code: str) -> str:
    """What people are told where this one thing is refused for good."""
    return _SAID.get((method, code)) or _SAID_OF.get(method, _SAID_OF[POST])
