"""Pages: HTML, side by side with the API."""
from typing import Any
ALL: tuple[Any, ...] = ()
