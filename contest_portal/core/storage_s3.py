"""Files by their content in an S3-compatible store: objects `PREFIX/ab/abcd…`, written whole or not at all.

What comes in is hashed in a file of this machine first, so that content which is there already is not sent again, and
a part that fails is sent again. Large files go in parts; each part's MD5 is checked by the store. Memory: one part.
"""

from __future__ import annotations

import base64
import hashlib
import io
import logging
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import IO, Any, BinaryIO

from contest_portal.core.durable_files import disk_errors_in_words
from contest_portal.core.local_copies import LocalCopies
from contest_portal.core.s3_client import S3Address, client_for, in_words
from contest_portal.core.s3_reading import open_object
from contest_portal.core.storage import CHUNK_BYTES, SHA256, Missing, NotAsExpected, Stored, checked_name

PART_BYTES = 8 * CHUNK_BYTES
"""S3 takes parts from 5 MiB, at most 10,000 of them: files up to 80 GB."""
BACKUPS = "backups/"
"""Under this lie backups (core/backups/places.py), no files of the site."""
REFRESH_AFTER = timedelta(hours=1)
"""Content put within this time is not marked as put again. A sweep's grace is a multiple of it."""

log = logging.getLogger(__name__)


class S3Storage:
    """One bucket, or what stands under a prefix in it. `scratch` is a folder of this machine for what is on its way."""

    def __init__(self, address: S3Address, scratch: str | Path) -> None:
        self.address = address
        self.scratch = Path(scratch)
        self._client = client_for(address)
        self._copies = LocalCopies(self.scratch)

    def put(self, stream: IO[bytes], *, expected_sha256: str | None = None) -> Stored:
        self.scratch.mkdir(parents=True, exist_ok=True)
        with disk_errors_in_words(), tempfile.TemporaryFile(dir=self.scratch) as file:
            while chunk := stream.read(CHUNK_BYTES):
                file.write(chunk)
            return self._keep(file, expected_sha256)

    def put_path(self, path: Path, *, expected_sha256: str | None = None) -> Stored:
        with path.open("rb") as file:
            return self._keep(file, expected_sha256)

    def put_bytes(self, content: bytes) -> Stored:
        return self._keep(io.BytesIO(content), None)

    def adopt(self, path: Path, expected_sha256: str | None = None) -> Stored:
        stored = self.put_path(path, expected_sha256=expected_sha256)
        path.unlink(missing_ok=True)
        return stored

    def open(self, sha256: str) -> BinaryIO:
        for key in (self._key(sha256), self._leaving(sha256), self._key(sha256)):
            with suppress(Missing):
                size = int(self._head(key)["ContentLength"])
                return open_object(self._client, self.address.bucket, key, size)
        raise Missing

    @contextmanager
    def local_copy(self, sha256: str) -> Iterator[Path]:
        with self._copies.of(checked_name(sha256), self._download) as path:
            yield path

    def exists(self, sha256: str) -> bool:
        try:
            self._head(self._key(sha256))
        except Missing:
            return False
        return True

    def size(self, sha256: str) -> int:
        return int(self._head(self._key(sha256))["ContentLength"])

    def put_at(self, sha256: str) -> datetime:
        written: datetime = self._head(self._key(sha256))["LastModified"]
        return max(written, self._touched_at(sha256) or written).astimezone(UTC)

    def names(self) -> Iterator[str]:
        for key, _written in self._listed(""):
            name = key.rsplit("/", 1)[-1]
            if SHA256.fullmatch(name) and key == self._key(name):
                yield name

    def strangers(self) -> Iterator[str]:
        for key, _written in self._listed(""):
            name = key.rsplit("/", 1)[-1]
            is_own = SHA256.fullmatch(name) and key in {self._key(name), self._leaving(name), self._touched(name)}
            if not is_own and not key.startswith(self.address.prefix + BACKUPS):
                yield key.removeprefix(self.address.prefix)

    def delete(self, sha256: str) -> bool:
        there = self.exists(sha256)
        self._remove(self._key(sha256))
        self._remove(self._touched(sha256))
        return there

    def delete_if_older(self, sha256: str, moment: datetime) -> bool:
        """S3 has no removal on a condition that all stores know. So whoever puts what is there already leaves a mark
        beside it; the content is set aside, removed, and put back where the mark turns out to be new."""
        try:
            if self.put_at(sha256) >= moment:
                return False
        except Missing:
            return False
        key, leaving = self._key(sha256), self._leaving(sha256)
        self._copy(key, leaving)
        self._remove(key)
        touched_at = self._touched_at(sha256)
        spared = touched_at is not None and touched_at >= moment
        if spared:
            self._copy(leaving, key)
        else:
            self._remove(self._touched(sha256))
        self._remove(leaving)
        return not spared

    def sweep_incoming(self, moment: datetime) -> int:
        for key, _written in self._listed("leaving/"):  # a sweep was killed: the next one decides again
            with suppress(Missing):  # another sweep was here
                self._copy(key, self._key(key.rsplit("/", 1)[-1]))
                self._remove(key)
        count = 0
        for key, written in self._listed("touched/"):
            if written < moment:
                self._remove(key)
                count += 1
        place = {"Bucket": self.address.bucket, "Prefix": self.address.prefix}
        with in_words():
            for page in self._client.get_paginator("list_multipart_uploads").paginate(**place):
                for one in page.get("Uploads", ()):
                    if one["Initiated"] < moment:
                        self._abort(one["Key"], one["UploadId"])
                        count += 1
        return count + self._copies.sweep(moment)

    def _key(self, sha256: str) -> str:
        name = checked_name(sha256)
        return f"{self.address.prefix}{name[:2]}/{name}"

    def _leaving(self, sha256: str) -> str:
        return f"{self.address.prefix}leaving/{checked_name(sha256)}"

    def _touched(self, sha256: str) -> str:
        return f"{self.address.prefix}touched/{checked_name(sha256)}"

    def _head(self, key: str) -> dict[str, Any]:
        with in_words():
            found: dict[str, Any] = self._client.head_object(Bucket=self.address.bucket, Key=key)
        return found

    def _touched_at(self, sha256: str) -> datetime | None:
        try:
            written: datetime = self._head(self._touched(sha256))["LastModified"]
        except Missing:
            return None
        return written

    def _listed(self, below: str) -> Iterator[tuple[str, datetime]]:
        pages = self._client.get_paginator("list_objects_v2")
        with in_words():
            for page in pages.paginate(Bucket=self.address.bucket, Prefix=self.address.prefix + below):
                for one in page.get("Contents", ()):
                    yield one["Key"], one["LastModified"]

    def _copy(self, source: str, target: str) -> None:
        place = {"Bucket": self.address.bucket, "Key": source}
        with in_words():
            self._client.copy_object(Bucket=self.address.bucket, Key=target, CopySource=place)

    def _remove(self, key: str) -> None:
        with in_words():
            self._client.delete_object(Bucket=self.address.bucket, Key=key)

    def _download(self, sha256: str, target: IO[bytes]) -> None:
        with self.open(sha256) as source:
            while chunk := source.read(CHUNK_BYTES):
                target.write(chunk)

    def _keep(self, file: IO[bytes], expected_sha256: str | None) -> Stored:
        file.seek(0)
        digest, size = hashlib.sha256(), 0
        while chunk := file.read(CHUNK_BYTES):
            digest.update(chunk)
            size += len(chunk)
        sha256 = digest.hexdigest()
        if expected_sha256 is not None and sha256 != expected_sha256.lower():
            raise NotAsExpected
        if not self._refreshed(sha256):
            file.seek(0)
            self._send(file, self._key(sha256), size)
        return Stored(sha256, size)

    def _refreshed(self, sha256: str) -> bool:
        """Whether the content is there; if so it counts as put of late."""
        try:
            if self.put_at(sha256) < _now() - REFRESH_AFTER:
                self._put_object(self._touched(sha256), b"")
                self._head(self._key(sha256))  # removed before the mark was there: not stored
        except Missing:
            return False
        return True

    def _send(self, file: IO[bytes], key: str, size: int) -> None:
        if size <= PART_BYTES:
            self._put_object(key, file.read())
            return
        place = {"Bucket": self.address.bucket, "Key": key}
        with in_words():
            upload_id = self._client.create_multipart_upload(**place, ContentType="application/octet-stream")[
                "UploadId"
            ]
            try:
                parts = self._send_parts(file, {**place, "UploadId": upload_id})
                self._client.complete_multipart_upload(**place, UploadId=upload_id, MultipartUpload={"Parts": parts})
            except BaseException:  # parts that nobody completes would be kept, and paid for
                self._abort(key, upload_id)
                raise

    def _send_parts(self, file: IO[bytes], upload: dict[str, Any]) -> list[dict[str, Any]]:
        parts: list[dict[str, Any]] = []
        while part := file.read(PART_BYTES):
            number = len(parts) + 1
            sent = self._client.upload_part(**upload, PartNumber=number, Body=part, ContentMD5=_md5(part))
            parts.append({"PartNumber": number, "ETag": sent["ETag"]})
        return parts

    def _put_object(self, key: str, content: bytes) -> None:
        with in_words():
            self._client.put_object(
                Bucket=self.address.bucket,
                Key=key,
                Body=content,
                ContentMD5=_md5(content),
                ContentType="application/octet-stream",
            )

    def _abort(self, key: str, upload_id: str) -> None:
        try:
            self._client.abort_multipart_upload(Bucket=self.address.bucket, Key=key, UploadId=upload_id)
        except Exception:
            log.warning("the upload in parts of %s could not be aborted", key, exc_info=True)


def _md5(content: bytes) -> str:
    return base64.b64encode(hashlib.md5(content, usedforsecurity=False).digest()).decode()


def _now() -> datetime:
    return datetime.now(UTC)  # the store's time is the machine's, whatever the application's clock says
