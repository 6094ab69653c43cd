"""Kinds of events, messages, interactions and activities that Slack and Teams document, each in a shape after theirs.

The names are those of docs.slack.dev (*Events*, *Message events*, *Interaction payloads*), of learn.microsoft.com (*Conversation
events*, *Invoke activities*, *Meeting events*) and of the Bot Framework's activity schema, as of November 2026. Values are ours.
What the relay makes something of stands in `vendor_payloads.py`; these are known, and left.
"""

from collections.abc import Iterator
from typing import Any

from tests.support.vendor_payloads import BOT, CHANNEL, TEAM, activity, said

Json = dict[str, Any]


def _names(text: str) -> list[str]:
    return text.split()


SLACK_EVENTS = _names("""
app_deleted app_installed app_mention app_rate_limited app_requested app_uninstalled_team assistant_thread_context_changed
assistant_thread_started call_rejected channel_archive channel_created channel_deleted channel_history_changed
channel_id_changed channel_left channel_rename channel_shared channel_unarchive channel_unshared dnd_updated
dnd_updated_user email_domain_changed emoji_changed entity_details_requested file_change file_comment_added
file_comment_deleted file_comment_edited file_created file_deleted file_public file_shared file_unshared function_executed
grid_migration_finished grid_migration_started group_archive group_close group_deleted group_history_changed group_left
group_open group_rename group_unarchive im_close im_created im_history_changed im_open invite_requested link_shared
member_joined_channel member_left_channel message_metadata_deleted message_metadata_posted message_metadata_updated
pin_added pin_removed resources_added resources_removed scope_denied scope_granted shared_channel_invite_accepted
shared_channel_invite_approved shared_channel_invite_declined shared_channel_invite_received shared_channel_invite_requested
star_added star_removed subteam_created subteam_members_changed subteam_self_added subteam_self_removed subteam_updated
team_access_granted team_domain_change team_join team_rename user_change user_connection user_huddle_changed
user_profile_changed user_resource_denied user_resource_granted user_resource_removed user_status_changed workflow_deleted
workflow_published workflow_step_deleted workflow_step_execute workflow_unpublished
""")
SLACK_MESSAGES = _names("""
assistant_app_thread bot_add bot_remove bot_message channel_archive channel_canvas_updated channel_convert_to_private
channel_convert_to_public channel_join channel_leave channel_name channel_posting_permissions channel_purpose channel_topic
channel_unarchive document_mention ekm_access_denied file_comment file_mention group_archive group_join group_leave
group_name group_purpose group_topic group_unarchive huddle_thread joiner_notification message_replied pinned_item
reminder_add reply_broadcast sh_room_created sh_room_shared slackbot_response tombstone unpinned_item
""")
SLACK_INTERACTIONS = _names("""
view_submission view_closed block_suggestion shortcut message_action interactive_message dialog_submission
dialog_cancellation dialog_suggestion workflow_step_edit
""")
TEAMS_CONVERSATIONS = _names("""
channelCreated channelRenamed channelDeleted channelRestored channelShared channelUnshared channelMemberAdded
channelMemberRemoved teamMemberAdded teamMemberRemoved teamRenamed teamDeleted teamHardDeleted teamArchived teamUnarchived
teamRestored
""")
TEAMS_INVOKES = _names("""
adaptiveCard/action application/search composeExtension/query composeExtension/selectItem composeExtension/submitAction
composeExtension/fetchTask composeExtension/queryLink composeExtension/anonymousQueryLink composeExtension/querySettingUrl
composeExtension/setting composeExtension/onCardButtonClicked task/fetch task/submit tab/fetch tab/submit config/fetch
config/submit actionableMessage/executeAction signin/verifyState signin/tokenExchange signin/failure message/submitAction
message/fetchTask handoff/action
""")
TEAMS_EVENTS = _names("""
readReceipt meetingStart meetingEnd meetingParticipantJoin meetingParticipantLeave
""")
TEAMS_OTHERS = _names("""
typing endOfConversation contactRelationUpdate deleteUserData handoff trace suggestion command commandResult ping
invokeResponse delay
""")


def slack_events() -> Iterator[tuple[str, Json]]:
    """Each with whatever such events name: somebody, a conversation, a file, a group, another team."""
    about = {
        "user": "U1",
        "channel": CHANNEL,
        "file_id": "F1",
        "file": {"id": "F1"},
        "item": {"type": "message", "channel": CHANNEL, "message": {"ts": "1750000001.000100"}},
        "subteam": {"id": "S1", "team_id": TEAM, "users": ["U1"]},
        "inviter": "U2",
        "text": f"<@{BOT}> hi",
        "event_ts": "1750000002.000200",
    }
    for name in SLACK_EVENTS:
        yield name, {"type": name, **about}
        yield f"{name}, as objects", {"type": name, "user": {"id": "U1", "name": "dana"}, "channel": {"id": CHANNEL}}
    for name in SLACK_MESSAGES:
        yield f"message.{name}", said(subtype=name, inviter="U2", topic="x", item={"type": "file"})


def slack_interactions() -> Iterator[tuple[str, Json]]:
    about = {"team": {"id": TEAM}, "user": {"id": "U1", "team_id": TEAM}, "trigger_id": "1.2.3", "api_app_id": "A1"}
    for name in SLACK_INTERACTIONS:
        yield name, {"type": name, **about, "view": {"id": "V1", "type": "modal"}, "callback_id": "x", "actions": []}
    link = {"type": "button", "action_id": "webtop_open_0", "url": "https://chat.example/chats/c"}
    container = {"type": "view", "view_id": "V1"}
    yield "a link on the app's page", {"type": "block_actions", **about, "container": container, "actions": [link]}
    yield (
        "another's button",
        {"type": "block_actions", **about, "channel": {"id": CHANNEL}, "actions": [{"action_id": "x"}]},
    )


def teams_activities() -> Iterator[tuple[str, Json]]:
    for name in TEAMS_CONVERSATIONS:
        about = {"eventType": name, "team": {"id": "19:t@thread.tacv2"}, "channel": {"id": "19:c@thread.tacv2"}}
        yield name, activity("conversationUpdate", channelData=about, membersAdded=[{"id": "29:other"}])
        yield f"{name}, removed", activity("conversationUpdate", channelData=about, membersRemoved=[{"id": "28:bot"}])
    for name in TEAMS_INVOKES:
        yield name, activity("invoke", name=name, value={"action": {"type": "Action.Execute", "verb": "x"}})
    for name in TEAMS_EVENTS:
        yield name, activity("event", name=f"application/vnd.microsoft.{name}", value={"Id": "x"})
    for name in TEAMS_OTHERS:
        yield name, activity(name)
