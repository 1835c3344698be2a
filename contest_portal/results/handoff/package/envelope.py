"""A package encrypted to one office: X25519 with a fresh key, HKDF-SHA-256, AES-256-GCM in chunks of 1 MiB. Pure.

    magic 8 bytes "CPSEALED" | version 1 byte | receiver's fingerprint 32 | ephemeral public key 32 | then the chunks

Each chunk is its ciphertext with its tag of 16 bytes. Its nonce is its number (11 bytes, big-endian) and a byte that is 1
for the last chunk alone, so that chunks can be neither left out, moved, nor cut off (STREAM, Hoang et al. 2015). The key
comes from both public keys, so it is never used twice; the head is what each chunk is bound to. Memory: two chunks.
"""

from __future__ import annotations

from typing import IO

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from contest_portal.core.text import N_
from contest_portal.results.handoff.package.keys import PrivateKeys, PublicKeys, spoken
from contest_portal.results.handoff.package.problems import PackageProblem

MAGIC = b"CPSEALED"
VERSION = 1
CHUNK_BYTES = 1 << 20
TAG_BYTES = 16
HEAD_BYTES = len(MAGIC) + 1 + 32 + 32
_INFO = b"contest-portal sealed package 1"


def is_sealed(head: bytes) -> bool:
    """Whether a file that begins so is an encrypted package."""
    return head.startswith(MAGIC)


def receiver_of(head: bytes) -> str:
    """The fingerprint of the keys that it is encrypted to. Raises PackageProblem: cut short, or of a newer version."""
    if len(head) < HEAD_BYTES:
        raise PackageProblem("truncated", N_("加密的上报包不完整：文件头没有传完。请重新传送。"))
    if head[len(MAGIC)] > VERSION:
        raise PackageProblem(
            "newer_version",
            N_("上报包的加密格式是第 %(measured)s 版，本系统只认到第 %(limit)s 版。请先升级本系统，再收这个包。"),
            measured=head[len(MAGIC)],
            limit=VERSION,
        )
    return head[len(MAGIC) + 1 : len(MAGIC) + 33].hex()


def seal(source: IO[bytes], target: IO[bytes], receiver: PublicKeys) -> None:
    """Write `source`, from where it stands, encrypted to `receiver`."""
    own = X25519PrivateKey.generate()
    public = own.public_key().public_bytes_raw()
    head = MAGIC + bytes([VERSION]) + bytes.fromhex(receiver.fingerprint) + public
    cipher = _cipher(own.exchange(X25519PublicKey.from_public_bytes(receiver.encryption)), public, receiver.encryption)
    target.write(head)
    number, chunk = 0, source.read(CHUNK_BYTES)
    while True:
        following = source.read(CHUNK_BYTES) if len(chunk) == CHUNK_BYTES else b""
        target.write(cipher.encrypt(_nonce(number, is_last=not following), chunk, head))
        if not following:
            return
        number, chunk = number + 1, following


def unseal(source: IO[bytes], target: IO[bytes], keys: PrivateKeys) -> None:
    """Write what is encrypted in `source`. What was written before an error is worth nothing.

    Raises PackageProblem: for another office's keys, changed, or cut off.
    """
    head = source.read(HEAD_BYTES)
    if not is_sealed(head):
        raise PackageProblem("not_a_package", N_("这不是加密的上报包。"))
    wanted, public = receiver_of(head), keys.public("")
    if wanted != public.fingerprint:
        raise PackageProblem(
            "wrong_receiver",
            N_(
                "这个包是加密给指纹为 %(wanted)s 的单位的，本单位的指纹是 %(own)s，无法打开。请对方核对收件单位后重新生成。"
            ),
            wanted=spoken(wanted),
            own=spoken(public.fingerprint),
        )
    ephemeral = head[-32:]
    try:
        shared = X25519PrivateKey.from_private_bytes(keys.encryption).exchange(
            X25519PublicKey.from_public_bytes(ephemeral)
        )
    except ValueError as error:  # a point of small order: made by nobody's mistake
        raise _changed(0) from error
    cipher = _cipher(shared, ephemeral, public.encryption)
    number, chunk = 0, source.read(CHUNK_BYTES + TAG_BYTES)
    while True:
        following = source.read(CHUNK_BYTES + TAG_BYTES) if len(chunk) == CHUNK_BYTES + TAG_BYTES else b""
        target.write(_opened(cipher, chunk, number, head, is_last=not following))
        if not following:
            return
        number, chunk = number + 1, following


def _opened(cipher: AESGCM, chunk: bytes, number: int, head: bytes, *, is_last: bool) -> bytes:
    try:
        return cipher.decrypt(_nonce(number, is_last=is_last), chunk, head)
    except (InvalidTag, ValueError) as error:
        if is_last and _is_cut_off(cipher, chunk, number, head):
            raise PackageProblem(
                "truncated", N_("加密的上报包不完整：到第 %(at)s MB 就断了。请重新传送。"), at=number + 1
            ) from error
        raise _changed(number) from error


def _is_cut_off(cipher: AESGCM, chunk: bytes, number: int, head: bytes) -> bool:
    """Whether the last chunk is whole, and no last one: the file ends between two chunks."""
    try:
        cipher.decrypt(_nonce(number, is_last=False), chunk, head)
    except (InvalidTag, ValueError):
        return False
    return True


def _changed(number: int) -> PackageProblem:
    return PackageProblem(
        "tampered",
        N_("加密的上报包在第 %(at)s MB 处与原来不一致：文件被改动过，或没有传完。请重新传送。"),
        at=number + 1,
    )


def _cipher(shared: bytes, ephemeral: bytes, receiver: bytes) -> AESGCM:
    derived = HKDF(algorithm=hashes.SHA256(), length=32, salt=ephemeral + receiver, info=_INFO)
    return AESGCM(derived.derive(shared))


def _nonce(number: int, *, is_last: bool) -> bytes:
    return number.to_bytes(11, "big") + bytes([is_last])
