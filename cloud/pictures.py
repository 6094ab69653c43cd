"""The function that decodes pictures: in the template, and its zip. No other function has its libraries, nor it theirs."""

import json
from pathlib import Path
from typing import Any

from cloud.bundle import Target

Json = dict[str, Any]

NAME = "PictureMaker"
RUNTIME = "3.13"
"""Newer than the other functions': the wheels of today's Pillow want glibc 2.27, and Lambda's Python 3.11 has 2.26."""

LAMBDA = Target(RUNTIME, ("manylinux_2_34_x86_64", "manylinux_2_28_x86_64", "manylinux_2_27_x86_64"))
"""Lambda's Python 3.13 runs on glibc 2.34."""

MEGABYTES, SECONDS = 1_536, 20
"""What the largest picture needs is measured by `make bench`. Whoever asks waits a little longer (`gateways/aws.py`)."""


def add_to(template: Json, root: Path) -> None:
    """The function and its role, as Chalice writes those of the others."""
    resources = template["Resources"]
    policy = json.loads((root / "policies" / "picture_maker.json").read_text())
    resources[f"{NAME}Role"] = {
        "Type": "AWS::IAM::Role",
        "Properties": {
            "AssumeRolePolicyDocument": {
                "Version": "2012-10-17",
                "Statement": [
                    {
                        "Sid": "",
                        "Effect": "Allow",
                        "Principal": {"Service": "lambda.amazonaws.com"},
                        "Action": "sts:AssumeRole",
                    }
                ],
            },
            "Policies": [{"PolicyName": f"{NAME}RolePolicy", "PolicyDocument": policy}],
        },
    }
    resources[f"{NAME}LogGroup"] = {
        "Type": "AWS::Logs::LogGroup",
        "Properties": {"LogGroupName": {"Fn::Sub": f"/aws/lambda/${{{NAME}}}"}, "RetentionInDays": 30},
    }
    resources[NAME] = {
        "Type": "AWS::Serverless::Function",
        "Properties": {
            "Runtime": f"python{RUNTIME}",
            "Handler": "pictures.handler.picture_maker",
            "CodeUri": "./pictures.zip",
            "Tracing": "PassThrough",
            "Timeout": SECONDS,
            "MemorySize": MEGABYTES,
            "Architectures": ["x86_64"],
            "Environment": {"Variables": {"FILES_URL": _files_url(resources)}},
            "Role": {"Fn::GetAtt": [f"{NAME}Role", "Arn"]},
        },
    }


def _files_url(resources: Json) -> Any:
    """The one origin that it may reach, as the other functions know it."""
    return resources["FileChecked"]["Properties"]["Environment"]["Variables"]["FILES_URL"]
