"""Prints how well what is new in a mail is found: `python -m tests.mails`."""

import sys
from collections import Counter

from tests.mails import Judgement, judged


def main() -> None:
    judgements = dict(judged())
    counts = Counter(judgements.values())
    lines = [f"{name:<40} {judgement}" for name, judgement in judgements.items()]
    lines.append(", ".join(f"{judgement}: {counts[judgement]}" for judgement in Judgement) + f" of {counts.total()}")
    sys.stdout.write("\n".join(lines) + "\n")


if __name__ == "__main__":
    main()
