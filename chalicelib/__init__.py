"""The application."""

import logging

logging.getLogger(__name__).setLevel(logging.INFO)  # who came in, by what: Lambda's own level would drop it
