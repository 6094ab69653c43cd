"""What people read: pages, mails and message text, in their language. Knows nothing of who may see what."""
