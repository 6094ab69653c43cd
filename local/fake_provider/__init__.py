"""What the played Slack and the played Microsoft have in common."""
