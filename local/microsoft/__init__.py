"""The Microsoft that one can play: tenants, sign-in, the Bot Connector, Teams chats, signed activities, faults."""
