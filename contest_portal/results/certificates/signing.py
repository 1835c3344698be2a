"""Signatures in PDFs (PAdES, ISO 32000): readers such as Acrobat show who signed and that nothing was changed since.

pyHanko writes and checks them; nothing is fetched from anywhere. Why so: docs/decisions/certificates.md.
"""

from __future__ import annotations

import asyncio
import io
import logging
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, TypeVar

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.serialization import pkcs12
from cryptography.x509.oid import NameOID

from contest_portal.core.errors import Invalid
from contest_portal.core.text import N_, Message

if TYPE_CHECKING:
    from pyhanko.sign.signers import PdfSigner

KEY_BITS, KEY_YEARS = 3072, 20
ROOM, ROOM_WITH_CHAIN = 8192, 24576
"""Room for the signature in hexadecimal digits, certificates included."""
FIELD_NAME = "OfficeSignature"
LONGEST_NAME = 64  # of a common name, X.520

Key = rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey
Done = TypeVar("Done")


@dataclass(frozen=True)
class SigningKey:
    """A private key with its certificate and those above it."""

    private_key: Key
    certificate: x509.Certificate
    chain: Sequence[x509.Certificate] = ()


@dataclass(frozen=True)
class SignatureState:
    """What a PDF's signature is worth.

    `is_signed`: there is one. `is_intact`: nothing was changed since, to the last byte. `is_known`: it was made with one of
    the keys that were asked about.
    """

    is_signed: bool
    is_intact: bool = False
    is_known: bool = False
    signer: str = ""

    @property
    def is_good(self) -> bool:
        return self.is_signed and self.is_intact and self.is_known


def make_key(office_name: str, moment: datetime) -> SigningKey:
    """A new RSA key with a certificate that the office signs itself, good for KEY_YEARS from `moment`. Takes about a second."""
    key = rsa.generate_private_key(65537, KEY_BITS)
    name = x509.Name(
        [
            x509.NameAttribute(NameOID.COUNTRY_NAME, "CN"),
            x509.NameAttribute(NameOID.COMMON_NAME, office_name[:LONGEST_NAME]),
        ]
    )
    usage = dict.fromkeys(
        (
            "key_encipherment",
            "data_encipherment",
            "key_agreement",
            "key_cert_sign",
            "crl_sign",
            "encipher_only",
            "decipher_only",
        ),
        False,
    )
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(moment.astimezone(UTC) - timedelta(days=1))
        .not_valid_after(moment.astimezone(UTC) + timedelta(days=365 * KEY_YEARS))
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(x509.KeyUsage(digital_signature=True, content_commitment=True, **usage), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .sign(key, hashes.SHA256())
    )
    return SigningKey(key, certificate)


def read_pkcs12(content: bytes, passphrase: str, moment: datetime) -> SigningKey:
    """The key in a PKCS#12 file (.p12, .pfx). Raises Invalid for a wrong password, and for a key that cannot sign now."""
    try:
        key, certificate, others = pkcs12.load_key_and_certificates(content, passphrase.encode() or None)
    except ValueError as error:
        message = N_("打不开这个证书文件：密码不对，或者文件不是 PKCS#12（.p12、.pfx）格式。")
        raise Invalid("results.no_pkcs12", message, field="key_file") from error
    if certificate is None or not isinstance(key, Key):
        message = N_("文件里没有可以用来签名的私钥和证书（只支持 RSA 和 ECC）。")
        raise Invalid("results.no_signing_key", message, field="key_file")
    if not certificate.not_valid_before_utc <= moment.astimezone(UTC) <= certificate.not_valid_after_utc:
        dates = Message.of(
            N_("这份数字证书的有效期是 %(begin)s 到 %(end)s，现在不能用来签名。"),
            begin=certificate.not_valid_before_utc.date(), end=certificate.not_valid_after_utc.date(),
        )  # fmt: skip
        raise Invalid("results.key_out_of_date", dates, field="key_file")
    if not _may_sign(certificate):
        message = N_("这份数字证书不允许用来签名（密钥用途里没有数字签名）。请向发证机构申请可签名的证书。")
        raise Invalid("results.key_may_not_sign", message, field="key_file")
    return SigningKey(key, certificate, tuple(others))


def _may_sign(certificate: x509.Certificate) -> bool:
    try:
        usage = certificate.extensions.get_extension_for_class(x509.KeyUsage).value
    except x509.ExtensionNotFound:
        return True
    return usage.digital_signature or usage.content_commitment


def fingerprint(certificate: x509.Certificate) -> str:
    """The certificate's SHA-256 as readers show it: pairs of hexadecimal digits."""
    return certificate.fingerprint(hashes.SHA256()).hex(" ").upper()


def to_pem(key: SigningKey) -> tuple[str, str, str]:
    """The private key, its certificate, and those above it, as PEM."""
    pem = serialization.Encoding.PEM
    private = key.private_key.private_bytes(pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    chain = "".join(one.public_bytes(pem).decode() for one in key.chain)
    return private.decode(), key.certificate.public_bytes(pem).decode(), chain


def from_pem(private: str, certificate: str, chain: str = "") -> SigningKey:
    """What `to_pem` gave."""
    key = serialization.load_pem_private_key(private.encode(), None)
    assert isinstance(key, Key)
    above = x509.load_pem_x509_certificates(chain.encode()) if chain else ()
    return SigningKey(key, x509.load_pem_x509_certificate(certificate.encode()), tuple(above))


class PdfSealer:
    """Signs one PDF after the other with a key: 12 ms each, where loading the key anew every time takes 240."""

    def __init__(self, key: SigningKey, *, reason: str, place: str) -> None:
        self._signer = _signer_of(key)
        self._room = ROOM_WITH_CHAIN if key.chain else ROOM
        self._reason, self._place = reason, place

    def sign(self, pdf: bytes) -> bytes:
        """The PDF with an invisible signature that certifies it: any later change breaks it."""
        from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter

        def sign() -> bytes:
            out, signer = io.BytesIO(), self._pdf_signer()
            signer.sign_pdf(IncrementalPdfFileWriter(io.BytesIO(pdf)), output=out, bytes_reserved=self._room)
            return out.getvalue()

        return _outside_loops(sign)

    def _pdf_signer(self) -> PdfSigner:
        from pyhanko.sign.fields import MDPPerm, SigSeedSubFilter
        from pyhanko.sign.signers import PdfSignatureMetadata, PdfSigner

        metadata = PdfSignatureMetadata(
            field_name=FIELD_NAME,
            md_algorithm="sha256",
            subfilter=SigSeedSubFilter.PADES,
            certify=True,
            docmdp_permissions=MDPPerm.NO_CHANGES,
            reason=self._reason,
            location=self._place,
        )
        return PdfSigner(metadata, signer=self._signer)


def _signer_of(key: SigningKey) -> Any:
    from asn1crypto import x509 as asn1
    from pyhanko.sign.signers import ExternalSigner
    from pyhanko_certvalidator.registry import SimpleCertificateStore

    class Held(ExternalSigner):
        """Signs with a key that is held in memory."""

        async def async_sign_raw(self, data: bytes, digest_algorithm: str, dry_run: bool = False) -> bytes:
            assert digest_algorithm == "sha256"
            if isinstance(key.private_key, rsa.RSAPrivateKey):
                return key.private_key.sign(data, padding.PKCS1v15(), hashes.SHA256())
            return key.private_key.sign(data, ec.ECDSA(hashes.SHA256()))

    def plain(one: x509.Certificate) -> asn1.Certificate:
        return asn1.Certificate.load(one.public_bytes(serialization.Encoding.DER))

    store = SimpleCertificateStore()
    store.register_multiple([plain(one) for one in key.chain])
    return Held(signing_cert=plain(key.certificate), cert_registry=store)


def check_signature(pdf: bytes, known: Sequence[x509.Certificate]) -> SignatureState:
    """Whether the PDF is signed, whole, and by the holder of one of the `known` certificates. Never raises for a bad file."""
    from asn1crypto import x509 as asn1
    from pyhanko.pdf_utils.misc import PdfError
    from pyhanko.pdf_utils.reader import PdfFileReader
    from pyhanko.sign.general import SigningError
    from pyhanko.sign.validation import SignatureCoverageLevel, validate_pdf_signature
    from pyhanko.sign.validation.errors import SignatureValidationError
    from pyhanko_certvalidator import ValidationContext

    own = [asn1.Certificate.load(one.public_bytes(serialization.Encoding.DER)) for one in known]
    _quiet()
    try:
        signatures = PdfFileReader(io.BytesIO(pdf)).embedded_signatures
        if not signatures:
            return SignatureState(is_signed=False)
        # The latest signature decides: what was added behind it, it does not cover.
        signature = signatures[-1]
        context = ValidationContext(trust_roots=own, allow_fetching=False, moment=None)
        status = _outside_loops(lambda: validate_pdf_signature(signature, context))
    except (
        PdfError,
        SignatureValidationError,
        SigningError,
        ValueError,
        KeyError,
        TypeError,
        IndexError,
        AttributeError,
        OSError,
    ):
        return SignatureState(is_signed=b"/ByteRange" in pdf)
    signer = signature.signer_cert
    is_whole = status.coverage == SignatureCoverageLevel.ENTIRE_FILE
    return SignatureState(
        is_signed=True,
        is_intact=bool(status.intact and status.valid and is_whole),
        is_known=any(one.sha256 == signer.sha256 for one in own),
        signer=str(signer.subject.native.get("common_name", "")),
    )


def _outside_loops(act: Callable[[], Done]) -> Done:
    """What `act` gives. pyHanko begins an event loop of its own, which a thread that is in one refuses."""
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        return act()
    with ThreadPoolExecutor(1) as aside:
        return aside.submit(act).result()


def _quiet() -> None:
    """A signature that fails is an answer, not an alarm in the log."""
    for name in ("pyhanko", "pyhanko_certvalidator"):
        logging.getLogger(name).setLevel(logging.CRITICAL)
