"""The people and workspaces that a new system starts with."""

from local.place import Place

PASSWORD = "webtop-demo-2026"  # noqa: S105  # for this machine only; README names it


def plant(place: Place, environment: dict[str, str]) -> None:
    """Put the seeds into the table, once; waits for the application's own function."""
