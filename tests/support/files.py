"""The store of files as browsers and AWS use it: uploads held to their signed policy, then S3's and GuardDuty's events.

Signatures are the real store's affair: `tests/journeys/test_files.py` forges some against the embedded AWS.
"""

import base64
import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import boto3

from chalicelib.events import files
from tests.support import picture_samples as samples
from tests.support import rights
from tests.support.app import REGION, Answer, Person, keys_in_memory, object_in_memory

EICAR = rb"X5O!P%@AP[4\PZX54(P^)7CC)7}$EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"
PNG = samples.png(40, 30)
BUCKET = "files"
_SIGNED = ("policy", "x-amz-signature")


def declared(
    person: Person, chat: str, name: str = "plan.pdf", size: int = 9, media: str = "application/pdf"
) -> Answer:
    return person.post(f"/chats/{chat}/files", {"name": name, "size": size, "type": media})


def send(upload: Mapping[str, Any], content: bytes, **changed: str) -> int:
    """The form that a browser posts, as S3 answers it: a field that the policy doesn't allow refuses it, as does the size."""
    fields = {**upload["fields"], **{name.replace("_", "-"): value for name, value in changed.items()}}
    policy = json.loads(base64.b64decode(fields["policy"]))
    if datetime.fromisoformat(policy["expiration"]) < datetime.now(UTC):
        return 403
    exact = {name: value for item in policy["conditions"] if isinstance(item, dict) for name, value in item.items()}
    given = {name: value for name, value in fields.items() if name not in _SIGNED}
    if exact != {**given, "bucket": BUCKET}:
        return 403
    ((_, least, most),) = [item for item in policy["conditions"] if isinstance(item, list)]
    if not least <= len(content) <= most:
        return 400
    boto3.client("s3", REGION).put_object(
        Bucket=BUCKET, Key=fields["key"], Body=content, ContentType=fields["Content-Type"]
    )
    return 201


def arrive(file_id: str) -> None:
    """S3 tells that an upload came."""
    content, tag = object_in_memory(f"in/{file_id}")
    with rights.acting_as("file_arrived"):
        files.arrived(created(f"in/{file_id}", tag, len(content)))


def scan(file_id: str, **result: Any) -> None:
    """GuardDuty tells what it found in the bytes that lie there."""
    for key in keys_in_memory():
        if key.startswith(f"f/{file_id}/"):
            with rights.acting_as("file_checked"):
                files.checked(scanned(key, **result))


def sent(person: Person, chat: str, content: bytes, name: str = "plan.pdf", media: str = "application/pdf") -> str:
    """A file that was uploaded and looked at; its id."""
    answer = declared(person, chat, name, len(content), media)
    assert answer.status == 201, answer.text
    assert send(answer.json["upload"], content) == 201
    file_id: str = answer.json["file"]["id"]
    arrive(file_id)
    scan(file_id)
    return file_id


def created(key: str, tag: str, size: int) -> dict[str, Any]:
    detail = {"version": "0", "bucket": {"name": BUCKET}, "object": {"key": key, "size": size, "etag": tag}}
    return _event("aws.s3", "Object Created", detail)


def scanned(key: str, status: str = "COMPLETED", result: str = "") -> dict[str, Any]:
    """Without a result, what a scanner would say that knows EICAR's file."""
    content, tag = object_in_memory(key)
    status_of_result = result or ("THREATS_FOUND" if EICAR in content else "NO_THREATS_FOUND")
    detail = {
        "schemaVersion": "1.0",
        "scanStatus": status,
        "resourceType": "S3_OBJECT",
        "s3ObjectDetails": {"bucketName": BUCKET, "objectKey": key, "eTag": tag, "versionId": "", "s3Throttled": False},
        "scanResultDetails": {
            "scanResultStatus": status_of_result,
            "threats": [{"name": "EICAR-Test-File (not a virus)"}] if status_of_result == "THREATS_FOUND" else None,
        },
    }
    return _event("aws.guardduty", "GuardDuty Malware Protection Object Scan Result", detail)


def _event(source: str, kind: str, detail: dict[str, Any]) -> dict[str, Any]:
    return {
        "version": "0",
        "id": "72c7d362-737a-6dce-fc78-9e27a0171419",
        "detail-type": kind,
        "source": source,
        "account": "123456789012",
        "time": "2026-11-23T09:00:00Z",
        "region": REGION,
        "resources": [],
        "detail": detail,
    }
