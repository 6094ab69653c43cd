"""A push service that one can play, as strict as RFC 8030, 8188, 8291 and 8292; and the browsers whose pushes it brings."""
