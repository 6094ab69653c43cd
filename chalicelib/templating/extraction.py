"""Finds the sentences in Python source that people read, for the catalogue. Needed when translating, never at run time.

A sentence is a string that begins like one and ends with a full stop, docstrings aside; or an argument of `may_not` and
the like, which are parts of sentences. What an f-string says can't be translated: give a sentence and values.
"""

import ast
import re
from collections.abc import Collection, Iterator, Mapping
from typing import IO

_SENTENCE = re.compile(r"[“\"A-Z{].* .*[.?!]", re.DOTALL)
_OF_PARTS = {"may_not", "text", "refuse_unless_may_manage", "sentence"}
Found = tuple[int, None, str, list[str]]


def sentences(
    file: IO[bytes], keywords: Mapping[str, object], comment_tags: Collection[str], options: Mapping[str, object]
) -> Iterator[Found]:
    """A Babel extraction method."""
    tree = ast.parse(file.read())
    dead_letter = set(_docstrings(tree)) | set(_parts_of_f_strings(tree))
    parts = set(_arguments(tree))
    for node in ast.walk(tree):
        if not isinstance(node, ast.Constant) or not isinstance(node.value, str) or node in dead_letter:
            continue
        if node in parts or _SENTENCE.fullmatch(node.value):
            yield node.lineno, None, node.value, []


def _docstrings(tree: ast.AST) -> Iterator[ast.AST]:
    return (node.value for node in ast.walk(tree) if isinstance(node, ast.Expr))


def _parts_of_f_strings(tree: ast.AST) -> Iterator[ast.AST]:
    return (part for node in ast.walk(tree) if isinstance(node, ast.JoinedStr) for part in node.values)


def _arguments(tree: ast.AST) -> Iterator[ast.AST]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and _name(node.func) in _OF_PARTS:
            yield from (argument for argument in node.args if isinstance(argument, ast.Constant))


def _name(function: ast.expr) -> str:
    return str(getattr(function, "attr", getattr(function, "id", "")))
