"""Inviting people into one's own Slack workspace: what only Slack has."""
