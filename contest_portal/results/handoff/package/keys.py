"""An office's two key pairs: Ed25519 signs what it sends, X25519 lets others encrypt to it. Pure.

The fingerprint is SHA-256 over both public keys, in groups of four digits to be read out on the telephone. The file of
public keys is JSON, signed by the key in it, so that a slip in copying shows.
"""

from __future__ import annotations

import base64
import hashlib
import json
from dataclasses import dataclass
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey

from contest_portal.core.text import N_
from contest_portal.results.handoff.package.problems import PackageProblem

KEY_BYTES, SIGNATURE_BYTES = 32, 64
KEY_FORMAT = "contest-portal-keys"
MOST_KEY_FILE_BYTES = 20_000
_KEY_FILE_MARK = b"contest-portal keys 1\n"
_NO_KEY_FILE = N_("这不是本系统导出的公钥文件，或文件不完整。请对方重新导出后再发来。")


@dataclass(frozen=True)
class PublicKeys:
    """What others may know: `office` as it calls itself, the raw public keys, 32 bytes each."""

    office: str
    signing: bytes
    encryption: bytes

    @property
    def fingerprint(self) -> str:
        """64 hexadecimal digits over both keys; the name is not part of it."""
        return hashlib.sha256(b"contest-portal fingerprint 1\n" + self.signing + self.encryption).hexdigest()


@dataclass(frozen=True)
class PrivateKeys:
    """The two private keys, 32 bytes each."""

    signing: bytes
    encryption: bytes

    @classmethod
    def fresh(cls) -> PrivateKeys:
        """New ones, from the system's source of randomness."""
        return cls(
            Ed25519PrivateKey.generate().private_bytes_raw(),
            X25519PrivateKey.generate().private_bytes_raw(),
        )

    def public(self, office: str) -> PublicKeys:
        return PublicKeys(
            office,
            Ed25519PrivateKey.from_private_bytes(self.signing).public_key().public_bytes_raw(),
            X25519PrivateKey.from_private_bytes(self.encryption).public_key().public_bytes_raw(),
        )

    def sign(self, content: bytes) -> bytes:
        """64 bytes."""
        return Ed25519PrivateKey.from_private_bytes(self.signing).sign(content)

    def to_text(self) -> str:
        """Both as hexadecimal digits, to be kept sealed."""
        return self.signing.hex() + self.encryption.hex()

    @classmethod
    def from_text(cls, text: str) -> PrivateKeys:
        raw = bytes.fromhex(text)
        return cls(raw[:KEY_BYTES], raw[KEY_BYTES:])


def is_signed_by(signing_key: bytes, signature: bytes, content: bytes) -> bool:
    """Whether the signature over `content` is that key's."""
    try:
        Ed25519PublicKey.from_public_bytes(signing_key).verify(signature, content)
    except (InvalidSignature, ValueError):
        return False
    return True


def spoken(fingerprint: str) -> str:
    """The first half in groups of four, as it is read out: 128 bits, which nobody can imitate."""
    return " ".join(fingerprint[start : start + 4] for start in range(0, 32, 4))


def key_file(keys: PrivateKeys, office: str) -> bytes:
    """The public keys as a file for partners."""
    public = keys.public(office)
    document = {
        "format": KEY_FORMAT,
        "version": 1,
        "office": office,
        "signing_key": encoded(public.signing),
        "encryption_key": encoded(public.encryption),
        "fingerprint": public.fingerprint,
    }
    document["signature"] = encoded(keys.sign(_signed_part(document)))
    return (json.dumps(document, ensure_ascii=False, indent=2) + "\n").encode()


def read_key_file(content: bytes) -> PublicKeys:
    """The keys of a file that a partner sent. Raises PackageProblem."""
    if len(content) > MOST_KEY_FILE_BYTES:
        raise PackageProblem("not_a_package", _NO_KEY_FILE)
    try:
        document = json.loads(content)
        if document["format"] != KEY_FORMAT or document["version"] != 1:
            raise ValueError
        public = PublicKeys(
            str(document["office"])[:100], decoded(document["signing_key"]), decoded(document["encryption_key"])
        )
        signature = decoded(document["signature"], SIGNATURE_BYTES)
        is_whole = document["fingerprint"] == public.fingerprint
        is_whole = is_whole and is_signed_by(public.signing, signature, _signed_part(document))
    except (ValueError, KeyError, TypeError, UnicodeDecodeError, RecursionError) as error:
        raise PackageProblem("not_a_package", _NO_KEY_FILE) from error
    if not is_whole:
        raise PackageProblem("tampered", N_("公钥文件的内容与它自己的签名不符，可能在传送中改动过。请对方重新导出。"))
    return public


def _signed_part(document: dict[str, Any]) -> bytes:
    plain = {key: value for key, value in document.items() if key != "signature"}
    return _KEY_FILE_MARK + json.dumps(plain, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


def encoded(content: bytes) -> str:
    """As Base64."""
    return base64.b64encode(content).decode("ascii")


def decoded(text: Any, length: int = KEY_BYTES) -> bytes:
    """The bytes of Base64 text. Raises ValueError unless they are `length`."""
    raw = base64.b64decode(str(text).encode("ascii"), validate=True)
    if len(raw) != length:
        raise ValueError("wrong length")
    return raw
