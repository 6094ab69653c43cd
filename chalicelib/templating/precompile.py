"""`python -m chalicelib.templating.precompile`, in the tree that is shipped: templates become Python, ready sooner.

Never in the source tree: compiled templates win over the ones they were made of.
"""

from . import composing, pages
from .environment import COMPILED


def main() -> None:
    for environment, folder in ((pages.environment(), pages.TEMPLATES), (composing.environment(), composing.TEMPLATES)):
        environment.compile_templates(folder / COMPILED, zip=None, ignore_errors=False)


if __name__ == "__main__":
    main()
