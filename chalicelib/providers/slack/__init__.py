"""Slack: sign-in, the app in a workspace, its events, and chats as threads in a direct message."""
