"""A test that failed and is played once more begins anew, as it would alone.

What it did the first time (a chat made, an invitation accepted) stands in the system that a session or a module shares, and
would tell the second run of the first. So the second run gets a system, and whatever was made on it, of its own.
"""

from typing import Any

import pytest

_LASTING = {"chromium"}
"""A browser keeps nothing between its windows, and a thread can hold only one."""


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item: pytest.Item) -> None:
    if isinstance(item, pytest.Function) and getattr(item, "execution_count", 1) > 1:
        request: Any = item._request
        for name, definitions in item._fixtureinfo.name2fixturedefs.items():
            for definition in definitions if name not in _LASTING else ():
                definition.finish(request)
