"""GuardDuty's Malware Protection for S3, played: it looks at what is put below `f/` of a bucket that tells EventBridge.

The event is field by field that of "Monitoring S3 object scans" in GuardDuty's guide. The one malware that it knows is EICAR's
test file (https://www.eicar.org/download-anti-malware-testfile/), wherever it stands in the bytes.
"""

import json
from typing import Any

from ministack.core.responses import get_account_id
from ministack.services import eventbridge, s3

_EICAR = rb"X5O!P%@AP[4\PZX54(P^)7CC)7}$EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"
_PREFIX = "f/"


def install() -> None:
    """After S3 has told that an object came, as a scan always takes longer than that."""
    original = s3._fire_s3_event

    def fire(
        bucket_name: str, key: str, event_name: str, size: int = 0, etag: str = "", *more: Any, **named: Any
    ) -> None:
        original(bucket_name, key, event_name, size, etag, *more, **named)
        if event_name.startswith("s3:ObjectCreated:") and key.startswith(_PREFIX):
            _tell(bucket_name, key, etag.strip('"'))

    s3._fire_s3_event = fire


def _tell(bucket_name: str, key: str, etag: str) -> None:
    threats = [{"name": "EICAR-Test-File (not a virus)"}] if _EICAR in _content(bucket_name, key) else None
    detail = {
        "schemaVersion": "1.0",
        "scanStatus": "COMPLETED",
        "resourceType": "S3_OBJECT",
        "s3ObjectDetails": {
            "bucketName": bucket_name,
            "objectKey": key,
            "eTag": etag,
            "versionId": "",
            "s3Throttled": False,
        },
        "scanResultDetails": {
            "scanResultStatus": "THREATS_FOUND" if threats else "NO_THREATS_FOUND",
            "threats": threats,
        },
    }
    eventbridge._dispatch_event(
        {
            "EventId": f"scan-{etag}",
            "Source": "aws.guardduty",
            "DetailType": "GuardDuty Malware Protection Object Scan Result",
            "Detail": json.dumps(detail),
            "EventBusName": "default",
            "Time": s3.now_iso(),
            "Resources": ["arn:aws:guardduty:us-east-1:000000000000:malware-protection-plan/played"],
            "Account": get_account_id(),
            "Region": "us-east-1",
        }
    )


def _content(bucket_name: str, key: str) -> bytes:
    stored = s3._buckets[bucket_name]["objects"].get(key)
    content: bytes = s3._read_body(bucket_name, key, stored) if stored else b""
    return content
