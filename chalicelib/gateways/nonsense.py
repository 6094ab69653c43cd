"""What libraries raise when a provider answers nonsense: each of them something else, and none of it told."""

from http.client import HTTPException

RAISED = (AttributeError, HTTPException, LookupError, OSError, RuntimeError, TypeError, ValueError)
