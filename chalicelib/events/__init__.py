"""Lambda events that are not HTTP. Each record is worked off by itself; what failed comes again, the rest does not.

Each module is imported when it is first used: a function needs one of them, and `api` none, at a cold start least of all.
"""

from importlib import import_module
from types import ModuleType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from . import changes as changes
    from . import feedback as feedback
    from . import files as files
    from . import incoming_mail as incoming_mail
    from . import mail as mail
    from . import operator as operator
    from . import pushes as pushes
    from . import relay as relay
    from . import schedule as schedule
    from . import sockets as sockets


def __getattr__(name: str) -> ModuleType:
    if name.startswith("__"):
        raise AttributeError(name)
    return import_module(f".{name}", __name__)
