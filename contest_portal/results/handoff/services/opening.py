"""A received package opened: unsealed, from a known sender, its data as the manifest says."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from typing import IO

from contest_portal.core.actor import console_actor
from contest_portal.core.staging import staging
from contest_portal.core.storage import storage
from contest_portal.core.text import N_
from contest_portal.results.handoff.package.content import ENTRIES, LISTS, PEOPLE, Content
from contest_portal.results.handoff.package.decoding import read_content
from contest_portal.results.handoff.package.envelope import HEAD_BYTES, is_sealed, receiver_of, unseal
from contest_portal.results.handoff.package.keys import PrivateKeys, PublicKeys, spoken
from contest_portal.results.handoff.package.problems import PackageProblem
from contest_portal.results.handoff.package.reading import Package
from contest_portal.results.handoff.services.keys import confirmed_partner, keys_of, private_keys


@contextmanager
def opened(office_id: int, sha256: str) -> Iterator[Package]:
    """The kept package, opened with the office's keys where it is encrypted. Raises PackageProblem."""
    keys = private_keys(console_actor("job"), office_id)
    with storage().open(sha256) as stream, opened_stream(stream, keys) as package:
        yield package


@contextmanager
def opened_stream(stream: IO[bytes], keys: PrivateKeys | None) -> Iterator[Package]:
    """A package in a file that can be sought; encrypted ones are opened into a temporary file first.

    Raises PackageProblem, also for an encrypted one without keys.
    """
    head = stream.read(HEAD_BYTES)
    stream.seek(0)
    if not is_sealed(head):
        yield Package(stream)
        return
    if keys is None:
        raise PackageProblem(
            "sealed",
            N_("这个包是加密的，收件单位的指纹为 %(fingerprint)s。请在该单位的系统中检查（加上 --instance）。"),
            fingerprint=spoken(receiver_of(head)),
        )
    folder = _temporary_folder()
    with tempfile.TemporaryFile(dir=folder) as plain:
        unseal(stream, plain, keys)
        plain.seek(0)
        yield Package(plain)


def _temporary_folder() -> str:
    staging().prepare()
    return str(staging().temporary)


def require_known_sender(office_id: int, package: Package) -> None:
    """Raise PackageProblem unless a leader confirmed the signing office's keys, and the package is meant for this office."""
    manifest = package.manifest
    partner = confirmed_partner(None, office_id, manifest.fingerprint)
    stated = _fingerprint_of(manifest.signing_key, manifest.encryption_key)
    if partner is None or stated != manifest.fingerprint:
        raise PackageProblem(
            "unknown_sender",
            N_(
                "签名单位「%(name)s」（指纹 %(fingerprint)s）不在已确认的往来单位中。请先导入它的公钥，由领导电话核对后确认。"
            ),
            name=manifest.sender,
            fingerprint=spoken(manifest.fingerprint),
        )
    own = keys_of(office_id)
    if manifest.receiver_fingerprint and (own is None or own.fingerprint != manifest.receiver_fingerprint):
        raise PackageProblem(
            "wrong_receiver",
            N_("这个包是报送给「%(wanted)s」（指纹 %(fingerprint)s）的，不是给本单位的。请退回报送单位。"),
            wanted=manifest.receiver,
            fingerprint=spoken(manifest.receiver_fingerprint),
        )


def _fingerprint_of(signing: bytes, encryption: bytes) -> str:
    return PublicKeys("", signing, encryption).fingerprint


def content_of_package(package: Package) -> Content:
    """The data in it; each file that it names must be there with the same hash, and the counts must be the manifest's."""
    content = read_content({path: package.document(path) for path in (ENTRIES, PEOPLE, LISTS)})
    for entry in content.entries:
        for one in entry.files:
            packed = package.file(one.path)
            if (packed.sha256, packed.size) != (one.sha256, one.size):
                raise PackageProblem(
                    "tampered", N_("作品数据与清单对「%(path)s」的记载不一致。没有收下任何内容。"), path=one.path
                )
    for count in package.manifest.counts:
        there = sum(one.category == count.code for one in content.entries)
        if there != count.entries:
            raise _miscounted(count.name, count.entries, there)
    if len(content.entries) != package.manifest.entry_count:
        raise _miscounted("合计", package.manifest.entry_count, len(content.entries))
    return content


def _miscounted(name: str, stated: int, measured: int) -> PackageProblem:
    return PackageProblem(
        "tampered",
        N_("「%(name)s」清单写 %(limit)s 件，作品数据有 %(measured)s 件，对不上。没有收下任何内容。"),
        name=name,
        limit=stated,
        measured=measured,
    )
