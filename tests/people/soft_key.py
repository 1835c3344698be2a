"""A passkey in software: what a browser and its authenticator answer (WebAuthn level 2, §6.1, §6.5, §7), to be spoilt at will."""

from __future__ import annotations

import hashlib
import json
from base64 import urlsafe_b64encode
from dataclasses import dataclass, field
from secrets import token_bytes
from typing import Any

import cbor2
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec

PRESENT, VERIFIED, WITH_KEY = 0x01, 0x04, 0x40


def text(content: bytes) -> str:
    return urlsafe_b64encode(content).rstrip(b"=").decode()


@dataclass
class SoftKey:
    """One key pair on the P-256 curve, bound to a host; `count` grows with each signature; one
    that does not know its owner only wants to be touched."""

    host: str = "localhost"
    origin: str = "http://localhost"
    count: int = 0
    knows_owner: bool = True
    id: bytes = field(default_factory=lambda: token_bytes(16))
    private: ec.EllipticCurvePrivateKey = field(default_factory=lambda: ec.generate_private_key(ec.SECP256R1()))

    def made(self, options: dict[str, Any]) -> str:
        """The answer to `navigator.credentials.create`."""
        point = self.private.public_key().public_numbers()
        cose = {1: 2, 3: -7, -1: 1, -2: point.x.to_bytes(32, "big"), -3: point.y.to_bytes(32, "big")}
        own = bytes(16) + len(self.id).to_bytes(2, "big") + self.id + cbor2.dumps(cose)
        attestation = {"fmt": "none", "attStmt": {}, "authData": self._data(WITH_KEY) + own}
        answer = {"attestationObject": text(cbor2.dumps(attestation)), "transports": ["internal"]}
        return self._answer("webauthn.create", options, answer)

    def signed(self, options: dict[str, Any]) -> str:
        """The answer to `navigator.credentials.get`."""
        self.count += 1
        data, client = self._data(), self._client("webauthn.get", options)
        signature = self.private.sign(data + hashlib.sha256(client).digest(), ec.ECDSA(hashes.SHA256()))
        return self._answer("webauthn.get", options, {"authenticatorData": text(data), "signature": text(signature)})

    def _data(self, flags: int = 0) -> bytes:
        head = hashlib.sha256(self.host.encode()).digest()
        return head + bytes([PRESENT | (VERIFIED if self.knows_owner else 0) | flags]) + self.count.to_bytes(4, "big")

    def _client(self, kind: str, options: dict[str, Any]) -> bytes:
        return json.dumps({"type": kind, "challenge": options["challenge"], "origin": self.origin}).encode()

    def _answer(self, kind: str, options: dict[str, Any], response: dict[str, Any]) -> str:
        whole = {"clientDataJSON": text(self._client(kind, options)), **response}
        return json.dumps({"id": text(self.id), "rawId": text(self.id), "type": "public-key", "response": whole})
