"""The playground: what a person or a script plays with on one machine — the mailbox, the clock, the functions."""
