"""What outlives the stack (table, bucket, keys), and the parameters by which another stack takes it over."""

import re
from dataclasses import dataclass, field
from typing import Any

Json = dict[str, Any]
STREAM = "ExistingTableStream"
_HERE = "arn:${{AWS::Partition}}:{}:${{AWS::Region}}:${{AWS::AccountId}}"
_NAMED = "^[A-Za-z0-9/_+=.@:-]*$"
"""A secret by its ARN or its name."""


@dataclass(frozen=True, slots=True)
class Kept:
    """`parameter` stands for `Ref`; `attributes` are what `Fn::GetAtt` gives of something that is there already."""

    parameter: str
    what: str
    pattern: str
    attributes: Json = field(default_factory=dict)


KEPT = {
    "Table": Kept(
        "ExistingTable",
        "Name of a table",
        "^[A-Za-z0-9_.-]*$",
        {
            "Arn": {"Fn::Sub": f"{_HERE.format('dynamodb')}:table/${{ExistingTable}}"},
            "StreamArn": {"Fn::Sub": f"{_HERE.format('dynamodb')}:table/${{ExistingTable}}/stream/${{{STREAM}}}"},
        },
    ),
    "Files": Kept(
        "ExistingFiles",
        "Name of a bucket of files",
        "^[a-z0-9.-]*$",
        {"Arn": {"Fn::Sub": "arn:${AWS::Partition}:s3:::${ExistingFiles}"}},
    ),
    "LinkKeys": Kept("ExistingLinkKeys", "ARN or name of a secret with link keys", _NAMED),
    "ReceiptKeys": Kept("ExistingReceiptKeys", "ARN or name of a secret with receipt keys", _NAMED),
    "VapidKey": Kept("ExistingVapidKey", "ARN or name of a secret with the key of pushes", _NAMED),
    "TokenKey": Kept(
        "ExistingTokenKey",
        "Id of a KMS key that sealed tokens",
        "^[A-Za-z0-9-]*$",
        {"Arn": {"Fn::Sub": f"{_HERE.format('kms')}:key/${{ExistingTokenKey}}"}},
    ),
}
"""By logical id. Each is kept when the stack goes."""
_IN_TEXT = re.compile(rf"\$\{{({'|'.join(KEPT)})(?:\.(\w+))?\}}")


def add_to(template: Json) -> None:
    """Parameters, conditions, and at every place that names one of these, what is there already if it is given."""
    for part in ("Resources", "Outputs"):
        template[part] = _either(template[part])
    for name, kept in KEPT.items():
        template["Resources"][name]["Condition"] = f"Makes{name}"
        template["Conditions"][f"Makes{name}"] = {"Fn::Equals": [{"Ref": kept.parameter}, ""]}
        template["Parameters"][kept.parameter] = _parameter(kept.what, kept.pattern)
    template["Parameters"][STREAM] = _parameter("Label of the stream of ExistingTable", "^[0-9TZ:.-]*$")
    template["Rules"]["TableWithStream"] = _both_or_none("ExistingTable", STREAM)


def _parameter(what: str, pattern: str) -> Json:
    told = f"{what} that an earlier stack left; empty to make one."
    return {"Type": "String", "Default": "", "AllowedPattern": pattern, "Description": told}


def _both_or_none(first: str, second: str) -> Json:
    empty = [{"Fn::Equals": [{"Ref": name}, ""]} for name in (first, second)]
    both, none = {"Fn::And": [{"Fn::Not": [each]} for each in empty]}, {"Fn::And": empty}
    told = f"Give {first} and {second} together, or neither: changes of the table are read from its stream."
    return {"Assertions": [{"Assert": {"Fn::Or": [both, none]}, "AssertDescription": told}]}


def _either(value: Any) -> Any:
    """The same part of the template, with each of the kept named by way of its condition."""
    match value:
        case {"Ref": str(name)} if name in KEPT:
            return _chosen(name, None)
        case {"Fn::GetAtt": [str(name), str(attribute)]} if name in KEPT:
            return _chosen(name, attribute)
        case {"Fn::Sub": written}:
            return _either_in_text(written)
        case dict():
            return {key: _either(each) for key, each in value.items()}
        case list():
            return [_either(each) for each in value]
        case _:
            return value


def _chosen(name: str, attribute: str | None) -> Json:
    kept = KEPT[name]
    made = {"Fn::GetAtt": [name, attribute]} if attribute else {"Ref": name}
    given = kept.attributes[attribute] if attribute else {"Ref": kept.parameter}
    return {"Fn::If": [f"Makes{name}", made, given]}


def _either_in_text(written: str | list[Any]) -> Json:
    text, variables = written if isinstance(written, list) else (written, {})
    chosen = {match[1] + (match[2] or "Name"): _chosen(match[1], match[2]) for match in _IN_TEXT.finditer(text)}
    text = _IN_TEXT.sub(lambda match: f"${{{match[1]}{match[2] or 'Name'}}}", text)
    variables = {**_either(variables), **chosen}
    return {"Fn::Sub": [text, variables] if variables else text}
