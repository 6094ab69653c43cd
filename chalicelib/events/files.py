"""What S3 and GuardDuty tell through EventBridge: bytes came, and what looking at them came to. At least once each.

Shapes: "Amazon S3 event notifications, EventBridge event message structure"; "Monitoring S3 object scans in GuardDuty
Malware Protection".
"""

import logging
from typing import Any

from .. import wiring
from ..domain.files import Verdict, id_and_tag, id_of_upload
from ..usecases import files

log = logging.getLogger(__name__)
Json = dict[str, Any]


def arrived(event: Json) -> None:
    detail = _detail(event)
    uploaded, bucket = _part(detail, "object"), _part(detail, "bucket")
    file_id = id_of_upload(str(uploaded.get("key", "")))
    if not file_id or bucket.get("name") != wiring.configured().files_bucket:
        log.warning("an object that is no upload")
        return
    files.arrive(wiring.ports(), file_id, str(uploaded["etag"]).strip('"'), int(uploaded["size"]))


def checked(event: Json) -> None:
    """Where nobody looks for malware, as the operator chose, that the bytes lie there is the answer."""
    is_scanned, detail = event.get("source") == "aws.guardduty", _detail(event)
    if is_scanned != wiring.configured().scans_files:
        return
    place = _part(detail, "s3ObjectDetails" if is_scanned else "object")
    bucket = place.get("bucketName") if is_scanned else _part(detail, "bucket").get("name")
    file_id, tag = id_and_tag(str(place.get("objectKey" if is_scanned else "key", "")))
    if not file_id or bucket != wiring.configured().files_bucket:
        log.warning("a result about something else")
        return
    files.decide(wiring.ports(), file_id, tag, _verdict(detail) if is_scanned else Verdict.UNCHECKED)


def _verdict(detail: Json) -> Verdict:
    """Only one word means that nothing was found; what wasn't looked through isn't clean."""
    if detail.get("scanStatus") != "COMPLETED":
        return Verdict.FAILED
    match _part(detail, "scanResultDetails").get("scanResultStatus"):
        case "NO_THREATS_FOUND":
            return Verdict.CLEAN
        case "THREATS_FOUND":
            return Verdict.MALWARE
        case _:
            return Verdict.FAILED


def _detail(event: Json) -> Json:
    return _part(event, "detail")


def _part(event: Json, name: str) -> Json:
    part = event.get(name)
    return part if isinstance(part, dict) else {}
