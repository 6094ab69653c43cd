"""What a refusal of another side comes to for the relay; each provider's `refusals.py` sorts its own codes by it."""

from enum import StrEnum


class Means(StrEnum):
    """`SIDE`: nothing of ours is taken any more. `WINDOW`: not in this conversation or thread. `THIS`: this one thing.
    `LATER`: it heals by itself. `FEW_TRIES`: it may. `PERHAPS`: by the provider's own words it may have been done.
    `DONE`: it is as it was to be."""

    SIDE = "side"
    WINDOW = "window"
    THIS = "this"
    LATER = "later"
    FEW_TRIES = "few_tries"
    PERHAPS = "perhaps"
    DONE = "done"
