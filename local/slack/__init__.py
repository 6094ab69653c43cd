"""The Slack that one can play: workspaces, consent pages, the Web API, direct messages, signed events, faults."""
