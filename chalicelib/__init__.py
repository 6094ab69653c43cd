"""The application."""

import gc
import logging
import os

logging.getLogger(__name__).setLevel(logging.INFO)  # who came in, by what: Lambda's own level would drop it
if "AWS_LAMBDA_RUNTIME_API" in os.environ:
    gc.disable()  # what is imported stays: looking for garbage among it took a seventh of a start; see wiring.warm
