"""Block Kit as the reference limits it (docs.slack.dev, "Blocks" and "Button element"); anything else is `invalid_blocks`."""

from typing import Any

from local.slack.fake_slack import SlackError

_MOST_BLOCKS, _MOST_ELEMENTS = 50, 25
_SECTION, _LABEL, _VALUE, _ACTION, _URL = 3_000, 75, 2_000, 255, 3_000
_TYPES = {"section", "actions", "divider", "context", "header", "image", "rich_text", "input", "markdown"}


def check(blocks: list[Any], most: int = _MOST_BLOCKS) -> None:
    ids = [element.get("action_id") for block in blocks for element in _checked(block)]
    if len(blocks) > most or len(set(ids)) != len(ids):
        raise SlackError("invalid_blocks")


def _checked(block: Any) -> list[dict[str, Any]]:
    """The elements of a row of actions, or the one beside a section."""
    if not isinstance(block, dict) or block.get("type") not in _TYPES:
        raise SlackError("invalid_blocks")
    if block["type"] == "section":
        _text(block.get("text"), _SECTION)
    elements = (
        block.get("elements") if block["type"] == "actions" else [block["accessory"]] if "accessory" in block else []
    )
    if (
        not isinstance(elements, list)
        or len(elements) > _MOST_ELEMENTS
        or (block["type"] == "actions" and not elements)
    ):
        raise SlackError("invalid_blocks")
    for element in elements:
        _text(element.get("text"), _LABEL, ("plain_text",))
        if not 0 < len(element.get("action_id", "")) <= _ACTION or len(element.get("value", "")) > _VALUE:
            raise SlackError("invalid_blocks")
        if len(element.get("url", "")) > _URL:
            raise SlackError("invalid_blocks")
    return elements


def _text(text: Any, longest: int, kinds: tuple[str, ...] = ("plain_text", "mrkdwn")) -> None:
    if not isinstance(text, dict) or text.get("type") not in kinds or not 0 < len(text.get("text") or "") <= longest:
        raise SlackError("invalid_blocks")
