"""`python -m tests.faults`: at every call to AWS of four stories, five faults; prints how many were survived."""

import logging
import sys

from tests.faults.table import STORIES, rows


def main() -> int:
    logging.disable(logging.CRITICAL)
    survived = tried = 0
    sys.stdout.write(f"{'story':18}{'fault':22}{'survived':>9} of\n")
    for story in STORIES:
        for row in rows(story):
            survived, tried = survived + row.survived, tried + row.tried
            sys.stdout.write(f"{row.story:18}{row.fault:22}{row.survived:>9} {row.tried}\n")
            sys.stdout.writelines(f"    {item}\n" for item in row.failed)
            sys.stdout.flush()
    sys.stdout.write(f"{survived} of {tried} survived\n")
    return 0 if survived == tried else 1


if __name__ == "__main__":
    sys.exit(main())
