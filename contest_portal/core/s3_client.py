"""Speaking to an S3-compatible store: its address, a client for it, its errors as the program's own."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from importlib import import_module
from typing import Any
from urllib.parse import parse_qs, urlsplit

from contest_portal.core.errors import DomainError
from contest_portal.core.s3_outage import Outage
from contest_portal.core.storage import KeysRefused, Missing, NoBucket, NoKeys, StorageAway, StorageFull

_MISSING = {"404", "NoSuchKey", "NotFound"}
_FULL = {"507", "QuotaExceeded", "XMinioStorageFull", "InsufficientStorage", "EntityTooLarge"}
_REFUSED = {
    "403", "401", "AccessDenied", "AllAccessDisabled", "ExpiredToken", "Forbidden", "InvalidAccessKeyId", "InvalidToken",
    "SignatureDoesNotMatch", "TokenRefreshRequired", "Unauthorized",
}  # fmt: skip
_OPTIONS = {"endpoint", "region", "addressing"}

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class S3Address:
    """`s3://bucket/prefix?endpoint=http://127.0.0.1:9000&region=cn-south-1&addressing=path`.

    The keys stand in no address: they come from where boto3 customarily looks (`AWS_ACCESS_KEY_ID` and
    `AWS_SECRET_ACCESS_KEY`, a profile, the machine's role). `addressing` is path or virtual.
    """

    bucket: str
    prefix: str = ""
    endpoint: str = ""
    region: str = ""
    addressing: str = ""

    @classmethod
    def from_url(cls, url: str) -> S3Address:
        """Raises ValueError saying what is wrong with the address."""
        parts = urlsplit(url)
        options = {name: values[-1] for name, values in parse_qs(parts.query).items()}
        if "@" in url.partition("?")[0]:
            raise ValueError("文件存储的地址里不要写密钥：请用环境变量 AWS_ACCESS_KEY_ID 和 AWS_SECRET_ACCESS_KEY。")
        if parts.scheme != "s3" or not parts.hostname:
            raise ValueError(f"{url}：文件存储的地址应为 s3://桶名/前缀?endpoint=…&region=…")
        if unknown := sorted(options.keys() - _OPTIONS):
            raise ValueError(f"文件存储的地址里不认识 {unknown[0]}：可以写 endpoint、region、addressing。")
        prefix = parts.path.strip("/")
        return cls(parts.netloc, f"{prefix}/" if prefix else "", **options)


def client_for(address: S3Address) -> Any:
    """A boto3 client, safe for threads. Raises ValueError where boto3 is not installed."""
    try:
        session, config = import_module("boto3.session"), import_module("botocore.config")
    except ModuleNotFoundError:
        raise ValueError(
            "CONTEST_PORTAL_STORAGE_URL 指定了 S3 存储，但没有安装 boto3：请安装 contest-portal[s3]。"
        ) from None
    style = address.addressing or ("path" if address.endpoint else "auto")
    client = session.Session().client(
        "s3",
        endpoint_url=address.endpoint or None,
        region_name=address.region or None,
        config=config.Config(
            connect_timeout=3,
            read_timeout=20,
            max_pool_connections=32,
            retries={"max_attempts": 3, "mode": "standard"},
            s3={"addressing_style": style},
            # Every part carries an MD5; the newer checksums are refused by many compatible stores.
            request_checksum_calculation="when_required",
            response_checksum_validation="when_required",
        ),
    )
    Outage(address.endpoint or "s3").watch(client)
    return client


@contextmanager
def in_words() -> Iterator[None]:
    """The store's errors as Missing, StorageFull and StorageAway with its kinds. What says all in its own words is not
    logged as a warning: it would stand before them on the command line."""
    exceptions = import_module("botocore.exceptions")
    try:
        yield
    except exceptions.ClientError as failure:
        raise _refusal(failure) from failure
    except (
        exceptions.NoCredentialsError,
        exceptions.PartialCredentialsError,
        exceptions.CredentialRetrievalError,
    ) as failure:
        log.info("no keys for the file storage: %s", failure)
        raise NoKeys from failure
    except (exceptions.BotoCoreError, exceptions.HTTPClientError) as failure:
        log.warning("the file storage did not answer: %s", failure)
        raise StorageAway from failure


def _refusal(failure: Any) -> DomainError:
    code = str(failure.response.get("Error", {}).get("Code", ""))
    if code in _MISSING:
        return Missing()
    log.info("the file storage refused: %s", failure)
    if code == "NoSuchBucket":
        return NoBucket(str(failure.response["Error"].get("BucketName", "")))
    if code in _REFUSED:
        return KeysRefused(code)
    log.warning("the file storage refused: %s", failure)
    return StorageFull() if code in _FULL else StorageAway()
