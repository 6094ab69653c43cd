"""The rules. Standard library only (and email-validator, a rule book of its own); no I/O, no clock, no randomness."""
