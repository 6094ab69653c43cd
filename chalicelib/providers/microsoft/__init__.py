"""Microsoft: sign-in with a work account, and chats in the conversation with our bot in Teams."""
