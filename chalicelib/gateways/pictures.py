"""Pictures made by the function that decodes them, which reads and writes the store by addresses that are signed here."""

import json
import logging
from dataclasses import asdict
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from ..domain import errors
from ..domain.files import ADDRESS_LIFE, OTHER_TYPE
from ..ports import MadePicture, SmallPicture
from .aws import client

log = logging.getLogger(__name__)


class LambdaPictures:
    def __init__(self, function: str, bucket: str, region: str) -> None:
        self._function, self._bucket, self._region = function, bucket, region

    def make(self, source: str, small: SmallPicture, upright: str = "") -> MadePicture | None:
        if not self._function:
            return None
        wanted = asdict(small)
        to = self._writable(wanted.pop("key"))
        event = {
            "source": self._readable(source),
            "small": {"to": to, **wanted},
            "upright": self._writable(upright) if upright else "",
        }
        answer = self._answer(event)
        if "refused" in answer:
            log.info("no picture: %s", answer["refused"])
            return None
        return MadePicture(answer["width"], answer["height"], answer["upright"])

    def _answer(self, event: dict[str, Any]) -> dict[str, Any]:
        """A picture on which the function dies is one that can't be decoded; a function that can't be had is had later."""
        try:
            answer = client("lambda", self._region).invoke(
                FunctionName=self._function, Payload=json.dumps(event).encode()
            )
            said: dict[str, Any] = json.loads(answer["Payload"].read())
        except (BotoCoreError, ClientError) as error:
            raise errors.busy() from error
        if answer.get("FunctionError"):
            log.error("the picture function failed: %s", said.get("errorType"))
            return {"refused": str(said.get("errorType"))}
        return said

    def _readable(self, key: str) -> str:
        return self._signed("get_object", {"Key": key})

    def _writable(self, key: str) -> str:
        return self._signed("put_object", {"Key": key, "ContentType": OTHER_TYPE})

    def _signed(self, call: str, about: dict[str, str]) -> str:
        url: str = client("s3", self._region).generate_presigned_url(
            call, {"Bucket": self._bucket, **about}, ExpiresIn=int(ADDRESS_LIFE.total_seconds())
        )
        return url
