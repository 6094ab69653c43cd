"""Runs the `aws` commands that a document shows, as the AWS CLI would, on the embedded AWS.

An operation's options are its parameters by botocore's own model of the service; `--query` is JMESPath, `--output text` its text.
"""

import json
import re
import shlex
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import jmespath
from botocore import xform_name

Json = dict[str, Any]
_SHELL = re.compile(r"^```sh\n(.*?)^```", re.MULTILINE | re.DOTALL)
_ASKED = re.compile(r"\$(\w+)|<([^>]+)>")


def commands(document: Path, heading: str) -> Iterator[str]:
    """The commands below a heading, each on one line, in their order."""
    _, _, below = document.read_text().partition(f"\n## {heading}\n")
    assert below, f"{document.name} has no heading {heading}"
    for block in _SHELL.findall(below.partition("\n## ")[0]):
        yield from filter(None, block.replace("\\\n", " ").splitlines())


class Shell:
    """A shell with `aws` alone: `NAME=$(aws …)` remembers, `$NAME` and `<what is to be filled in>` are replaced."""

    def __init__(self, client: Callable[[str], Any], deploy: Callable[[dict[str, str]], None], **filled: str) -> None:
        self._client, self._deploy, self.known = client, deploy, filled

    def run(self, command: str) -> str:
        """What the command prints."""
        if assigned := re.fullmatch(r"(\w+)=\$\((.+)\)", command):
            self.known[assigned[1]] = self.run(assigned[2])
            return ""
        words = shlex.split(_ASKED.sub(lambda match: self.known[match[1] or match[2]], command))
        assert words[0] == "aws", command
        service, operation, options = words[1], words[2], words[3:]
        if (service, operation) == ("cloudformation", "deploy"):
            self._deploy(dict(word.split("=", 1) for word in options[options.index("--parameter-overrides") + 1 :]))
            return ""
        if (service, operation) == ("s3", "rm"):
            return self._empty(options[0].removeprefix("s3://"))
        client = self._client({"s3api": "s3"}.get(service, service))
        if operation == "wait":
            waiter = client.get_waiter(options[0].replace("-", "_"))
            waiter.wait(**_parameters(client, None, options[1:])[0], WaiterConfig={"Delay": 1, "MaxAttempts": 60})
            return ""
        chosen = next(name for name in client.meta.service_model.operation_names if _dashed(name) == operation)
        parameters, query = _parameters(client, chosen, options)
        answer = getattr(client, xform_name(chosen))(**parameters)
        return _text(jmespath.search(query, answer)) if query else ""

    def _empty(self, bucket: str) -> str:
        s3 = self._client("s3")
        for item in s3.list_objects_v2(Bucket=bucket).get("Contents", []):
            s3.delete_object(Bucket=bucket, Key=item["Key"])
        return ""


def _dashed(name: str) -> str:
    return xform_name(name, "-")


def _parameters(client: Any, operation: str | None, options: list[str]) -> tuple[Json, str]:
    """By name; and the `--query`."""
    shape = client.meta.service_model.operation_model(operation).input_shape if operation else None
    names = {_dashed(name): name for name in shape.members} if shape else {}
    parameters, query, left = Json(), "", list(options)
    while left:
        option = left.pop(0).removeprefix("--")
        if option in ("query", "output"):
            value = left.pop(0)
            query = value if option == "query" else query
        elif not left or left[0].startswith("--"):
            parameters[names[option.removeprefix("no-")]] = not option.startswith("no-")
        else:
            name = names.get(option) or "".join(part.title() for part in option.split("-"))
            parameters[name] = _value(shape.members[name].type_name if shape else "string", left.pop(0))
    return parameters, query


def _value(kind: str, written: str) -> Any:
    if kind == "structure" and not written.startswith("{"):
        return {name: _plain(value) for name, value in (pair.split("=", 1) for pair in written.split(","))}
    if kind in ("structure", "list", "map"):
        return json.loads(written)
    return int(written) if kind in ("integer", "long") else written


def _plain(value: str) -> Any:
    return {"true": True, "false": False}.get(value, value)


def _text(result: Any) -> str:
    return "\t".join(str(each) for each in result) if isinstance(result, list) else str(result)
