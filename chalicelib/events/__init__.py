"""Lambda events that are not HTTP. Each record is worked off by itself; what failed comes again, the rest does not."""
