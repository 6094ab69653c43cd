"""What people read: pages, mails and message text, in their language. Knows looks and languages, and nothing of who may see what."""
