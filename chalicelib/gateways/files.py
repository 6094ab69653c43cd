"""The bytes of files in S3: a private bucket, reached from outside only by addresses that are signed here and soon dead.

An upload is a POST policy, which the store enforces: key, media type, least and most bytes.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from ..domain import errors
from ..domain.files import OTHER_TYPE
from ..ports import Upload
from .aws import client

_NOT_THERE = {"NoSuchKey", "404"}
_OTHER_BYTES = {"PreconditionFailed", "NoSuchKey", "404"}


class S3Files:
    def __init__(self, bucket: str, region: str) -> None:
        self._bucket, self._region = bucket, region

    def upload(self, key: str, media: str, most: int, life: timedelta) -> Upload:
        fixed = {"Content-Type": media, "success_action_status": "201"}
        post = self._s3.generate_presigned_post(
            self._bucket,
            key,
            Fields=dict(fixed),
            Conditions=[*({name: value} for name, value in fixed.items()), ["content-length-range", 1, most]],
            ExpiresIn=int(life.total_seconds()),
        )
        return Upload(method="POST", url=post["url"], fields=post["fields"])

    def put(self, key: str, content: bytes) -> None:
        with _busy():
            self._s3.put_object(Bucket=self._bucket, Key=key, Body=content, ContentType=OTHER_TYPE)

    def copy(self, source: str, target: str, tag: str) -> bool:
        """What the client declared stays behind: the copy has no type of its own."""
        try:
            self._s3.copy_object(
                Bucket=self._bucket,
                Key=target,
                CopySource={"Bucket": self._bucket, "Key": source},
                CopySourceIfMatch=tag,
                MetadataDirective="REPLACE",
                ContentType=OTHER_TYPE,
            )
        except ClientError as error:
            if error.response["Error"]["Code"] in _OTHER_BYTES:
                return False
            raise errors.busy() from error
        except BotoCoreError as error:
            raise errors.busy() from error
        return True

    def first_bytes(self, key: str, count: int) -> bytes:
        with _busy():
            answer = self._s3.get_object(Bucket=self._bucket, Key=key, Range=f"bytes=0-{count - 1}")
            first: bytes = answer["Body"].read()
        return first

    def read(self, key: str) -> bytes:
        with _busy():
            content: bytes = self._s3.get_object(Bucket=self._bucket, Key=key)["Body"].read()
        return content

    def read_up_to(self, key: str, most: int) -> bytes | None:
        try:
            answer = self._s3.get_object(Bucket=self._bucket, Key=key)
            return None if answer["ContentLength"] > most else bytes(answer["Body"].read())
        except ClientError as error:
            if error.response["Error"]["Code"] in _NOT_THERE:
                return None
            raise errors.busy() from error
        except BotoCoreError as error:
            raise errors.busy() from error

    def delete(self, keys: Sequence[str]) -> None:
        """What isn't there is deleted already."""
        with _busy():
            wanted = [{"Key": key} for key in keys]
            answer = self._s3.delete_objects(Bucket=self._bucket, Delete={"Objects": wanted, "Quiet": True})
        if answer.get("Errors"):
            raise errors.busy()

    def address(self, key: str, media: str, disposition: str, life: timedelta) -> str:
        wanted = {
            "Bucket": self._bucket,
            "Key": key,
            "ResponseContentType": media,
            "ResponseContentDisposition": disposition,
            "ResponseCacheControl": "private, no-store",
        }
        url: str = self._s3.generate_presigned_url("get_object", wanted, ExpiresIn=int(life.total_seconds()))
        return url

    @property
    def _s3(self) -> Any:
        """Made when a file is first touched: most requests touch none."""
        return client("s3", self._region)


@contextmanager
def _busy() -> Iterator[None]:
    try:
        yield
    except (BotoCoreError, ClientError) as error:
        raise errors.busy() from error
