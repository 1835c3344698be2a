"""Packages as files: what was packed is read again, and whatever was done to one on its way is told."""

from __future__ import annotations

import io
import json
import struct
import tracemalloc
import zipfile
from collections.abc import Callable
from dataclasses import replace

import pytest

from contest_portal.results.handoff.package.envelope import (
    CHUNK_BYTES,
    HEAD_BYTES,
    TAG_BYTES,
    receiver_of,
    seal,
    unseal,
)
from contest_portal.results.handoff.package.keys import (
    PrivateKeys,
    PublicKeys,
    encoded,
    key_file,
    read_key_file,
    spoken,
)
from contest_portal.results.handoff.package.manifest import SIGNED_MARK, CategoryCount, Manifest
from contest_portal.results.handoff.package.problems import PackageProblem
from contest_portal.results.handoff.package.reading import Package, is_plain
from contest_portal.results.handoff.package.writing import MANIFEST, SIGNATURE, PackageWriter

KEYS = PrivateKeys.fresh()
OFFICE = "甘州区科学技术协会"
FILM = bytes(range(256)) * 9000  # two pieces and a bit


def manifest(keys: PrivateKeys = KEYS) -> Manifest:
    public = keys.public(OFFICE)
    return Manifest(
        kind="entries",
        id="0" * 32,
        revision=1,
        sender=OFFICE,
        sender_region="甘州区",
        contest_ref="1",
        contest_name="区赛",
        contest_year=2018,
        receiver="张掖市科学技术协会",
        receiver_contest="市赛",
        made_at="2018-05-20T10:00:00+08:00",
        signing_key=public.signing,
        encryption_key=public.encryption,
        fingerprint=public.fingerprint,
        counts=(CategoryCount("KH", "科幻画", 1),),
    )


def packed(change: Callable[[PackageWriter], None] = lambda _writer: None) -> bytes:
    target = io.BytesIO()
    writer = PackageWriter(target)
    writer.add("data/entries.json", b'{"entries": []}', packed=True)
    writer.add_stream("作品材料/科幻画/火星医院.mp4", io.BytesIO(FILM))
    change(writer)
    writer.finish(manifest(), KEYS)
    return target.getvalue()


def rebuilt(content: bytes, changes: dict[str, bytes | None]) -> bytes:
    """The same ZIP with these members replaced, left out (None), or added."""
    target = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(target, "w") as new:
        for name in [*old.namelist(), *(one for one in changes if one not in old.namelist())]:
            body = changes[name] if name in changes else old.read(name)
            if body is not None:
                new.writestr(name, body)
    return target.getvalue()


def signed_again(content: bytes, document: dict[str, object]) -> bytes:
    """As somebody who holds the key would have written it."""
    body = json.dumps(document).encode()
    return rebuilt(content, {MANIFEST: body, SIGNATURE: encoded(KEYS.sign(SIGNED_MARK + body)).encode()})


def refused(content: bytes) -> PackageProblem:
    with pytest.raises(PackageProblem) as problem:
        Package(io.BytesIO(content)).verify_files()
    return problem.value


def test_what_was_packed_is_read_again() -> None:
    package = Package(io.BytesIO(packed()))
    package.verify_files()
    assert package.manifest.counts == (CategoryCount("KH", "科幻画", 1),)
    assert package.document("data/entries.json") == {"entries": []}
    with package.open("作品材料/科幻画/火星医院.mp4") as stream:
        assert stream.read() == FILM
        stream.finish()


def test_a_changed_file_is_named() -> None:
    problem = refused(rebuilt(packed(), {"作品材料/科幻画/火星医院.mp4": FILM[:-1] + b"x"}))
    assert problem.reason == "tampered"
    assert "火星医院.mp4" in str(problem.message)


def test_one_flipped_bit_in_the_file_itself_is_found() -> None:
    content = bytearray(packed())
    at = bytes(content).find(FILM[:64]) + 1000
    content[at] ^= 1
    assert refused(bytes(content)).reason == "tampered"


def test_a_changed_manifest_breaks_the_signature() -> None:
    content = packed()
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        changed = archive.read(MANIFEST).replace("甘州区".encode(), "肃州区".encode())
    assert refused(rebuilt(content, {MANIFEST: changed})).reason == "signature"


def test_another_key_cannot_sign_for_the_one_that_is_named() -> None:
    content = packed()
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        other = PrivateKeys.fresh().sign(SIGNED_MARK + archive.read(MANIFEST))
    assert refused(rebuilt(content, {SIGNATURE: encoded(other).encode()})).reason == "signature"


@pytest.mark.parametrize("share", [0.1, 0.5, 0.99])
def test_a_package_cut_off_is_told_as_incomplete(share: float) -> None:
    content = packed()
    assert refused(content[: int(len(content) * share)]).reason == "truncated"


def test_a_newer_format_asks_for_a_newer_program() -> None:
    content = packed()
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        document = json.loads(archive.read(MANIFEST))
    problem = refused(signed_again(content, {**document, "version": 2}))
    assert problem.reason == "newer_version"
    assert "2" in str(problem.message)


@pytest.mark.parametrize("path", ["../evil", "/etc/evil", "a/../../evil", "C:evil", "a\\evil", "a//b"])
def test_a_path_that_leads_outside_is_not_opened(path: str) -> None:
    assert not is_plain(path)
    assert refused(rebuilt(packed(), {path: b"x"})).reason == "unsafe"


def test_a_missing_and_an_unlisted_file_are_told() -> None:
    missing = refused(rebuilt(packed(), {"data/entries.json": None}))
    extra = refused(rebuilt(packed(), {"data/more.json": b"{}"}))
    assert (missing.reason, extra.reason) == ("tampered", "tampered")
    assert "data/entries.json" in str(missing.message)
    assert "data/more.json" in str(extra.message)


def test_a_bomb_is_refused_before_it_is_unpacked() -> None:
    target = io.BytesIO(packed())
    with zipfile.ZipFile(target, "a", zipfile.ZIP_DEFLATED) as archive, archive.open("bomb", "w") as member:
        for _piece in range(300):
            member.write(bytes(1 << 20))
    assert refused(target.getvalue()).reason == "too_large"


def listing(count: int, *, is_zip64: bool, stated: int) -> bytes:
    """A ZIP that is nothing but a table of so many files, `stated` in its end record."""
    rows = [struct.pack("<4s24xH16x", b"PK\x01\x02", 7) + b"%07d" % number for number in range(count)]
    table, head = b"".join(rows), b"PK\x03\x04" + bytes(26)
    end = b""
    if is_zip64:
        numbers = (b"PK\x06\x06", 44, 45, 45, 0, 0, count, count, len(table), len(head))
        end = struct.pack("<4sQ2H2L4Q", *numbers) + struct.pack("<4sLQL", b"PK\x06\x07", 0, len(head) + len(table), 1)
    length, start = (0xFFFFFFFF, 0xFFFFFFFF) if is_zip64 else (len(table), len(head))
    return head + table + end + struct.pack("<4s4H2LH", b"PK\x05\x06", 0, 0, stated, stated, length, start, 0)


@pytest.mark.parametrize(("is_zip64", "stated"), [(True, 0xFFFF), (False, 1)])
def test_a_table_of_far_too_many_files_is_refused_before_it_is_built(is_zip64: bool, stated: int) -> None:
    content = listing(100_000, is_zip64=is_zip64, stated=stated)
    source = io.BytesIO(content)
    with zipfile.ZipFile(source) as archive:
        assert len(archive.infolist()) == 100_000  # zipfile itself would take it
    source.seek(0)
    tracemalloc.start()
    try:
        with pytest.raises(PackageProblem, match="100000 个文件") as problem:
            Package(source)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert problem.value.reason == "too_large"
    assert peak < 3 * len(content)


def test_a_table_that_states_more_bytes_than_there_are_is_refused() -> None:
    content = bytearray(listing(3, is_zip64=True, stated=3))
    at = content.rfind(b"PK\x06\x06")
    content[at + 40 : at + 48] = (1 << 40).to_bytes(8, "little")
    assert refused(bytes(content)).reason == "truncated"


def test_an_ordinary_zip_and_no_zip_are_no_packages() -> None:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        archive.writestr("photo.jpg", b"x")
    assert refused(target.getvalue()).reason == "not_a_package"
    assert refused(b"%PDF-1.4").reason == "not_a_package"
    assert refused(b"").reason == "not_a_package"


def sealed(content: bytes, receiver: PublicKeys) -> bytes:
    target = io.BytesIO()
    seal(io.BytesIO(content), target, receiver)
    return target.getvalue()


@pytest.mark.parametrize("size", [0, 1, CHUNK_BYTES - 1, CHUNK_BYTES, CHUNK_BYTES + 1, 2 * CHUNK_BYTES])
def test_what_is_sealed_opens_for_its_receiver_alone(size: int) -> None:
    receiver, content = PrivateKeys.fresh(), (FILM * 2)[:size]
    box = sealed(content, receiver.public("市"))
    assert receiver_of(box) == receiver.public("").fingerprint
    opened = io.BytesIO()
    unseal(io.BytesIO(box), opened, receiver)
    assert opened.getvalue() == content
    with pytest.raises(PackageProblem) as problem:
        unseal(io.BytesIO(box), io.BytesIO(), PrivateKeys.fresh())
    assert problem.value.reason == "wrong_receiver"


def test_a_sealed_package_with_chunks_cut_off_moved_or_changed_does_not_open() -> None:
    receiver = PrivateKeys.fresh()
    box = sealed(FILM, receiver.public("市"))
    step = CHUNK_BYTES + TAG_BYTES
    first, second = box[HEAD_BYTES : HEAD_BYTES + step], box[HEAD_BYTES + step : HEAD_BYTES + 2 * step]
    rest = box[HEAD_BYTES + 2 * step :]
    bad = {
        box[: HEAD_BYTES + step]: "truncated",
        box[: HEAD_BYTES - 1]: "truncated",
        box[:HEAD_BYTES] + second + first + rest: "tampered",
        box[:-1] + bytes([box[-1] ^ 1]): "tampered",
    }
    for content, reason in bad.items():
        with pytest.raises(PackageProblem) as problem:
            unseal(io.BytesIO(content), io.BytesIO(), receiver)
        assert problem.value.reason == reason


def test_a_key_file_carries_the_keys_and_notices_a_slip() -> None:
    content = key_file(KEYS, OFFICE)
    assert read_key_file(content) == KEYS.public(OFFICE)
    assert spoken(KEYS.public(OFFICE).fingerprint).count(" ") == 7
    with pytest.raises(PackageProblem) as problem:
        read_key_file(content.replace("甘州".encode(), "肃州".encode()))
    assert problem.value.reason == "tampered"
    with pytest.raises(PackageProblem):
        read_key_file(b"[]")


def test_the_fingerprint_is_of_both_keys() -> None:
    public = KEYS.public(OFFICE)
    assert replace(public, encryption=bytes(32)).fingerprint != public.fingerprint
    assert replace(public, office="别的单位").fingerprint == public.fingerprint
