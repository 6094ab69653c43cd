"""Message text between our light marks, Slack's mrkdwn and what Teams reads and writes. Pure, and never refuses a text.

Each side is read into the same blocks and runs and written from them; whatever can't be shown is said in `lost`.
"""

from .emojis import reaction_from_slack, reaction_from_teams, reaction_to_slack, reaction_to_teams, slack_reaction
from .slack_in import from_slack
from .slack_out import to_slack
from .splitting import parts
from .teams_in import from_teams
from .teams_out import tag, to_teams
from .translated import Reached, Tagged, Translated

__all__ = [
    "Reached",
    "Tagged",
    "Translated",
    "from_slack",
    "from_teams",
    "parts",
    "reaction_from_slack",
    "reaction_from_teams",
    "reaction_to_slack",
    "reaction_to_teams",
    "slack_reaction",
    "tag",
    "to_slack",
    "to_teams",
]
