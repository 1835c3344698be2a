"""Signed certificates: a reader sees who signed, and every change afterwards; rare characters print or are told."""

from __future__ import annotations

import io
from collections.abc import Iterator
from datetime import UTC, datetime

import pypdf
import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import pkcs12
from PIL import Image

from contest_portal.core.errors import Invalid
from contest_portal.results.certificates.fonts import missing_letters
from contest_portal.results.certificates.layout import default_layout
from contest_portal.results.certificates.press import CertificatePress, Look, Sheet, certificate_press, page_picture
from contest_portal.results.certificates.signing import (
    PdfSealer,
    SigningKey,
    check_signature,
    fingerprint,
    from_pem,
    make_key,
    read_pkcs12,
    to_pem,
)

MAY = datetime(2018, 5, 20, 9, 0, tzinfo=UTC)
VALUES = {
    "姓名": "张晓明", "学校": "西关小学", "作品": "火星医院", "奖项": "一等奖", "类别": "科幻画",
    "赛事": "2018年甘州区青少年科技创新大赛", "编号": "甘区科青创〔2018〕第0001号", "颁发单位": "甘州区科学技术协会",
}  # fmt: skip
RARE = "𬭎㛃䶮"
NOWHERE = "\U000f1234"
"""A private character, which no font has."""


@pytest.fixture(scope="module")
def key() -> SigningKey:
    return make_key("甘州区科学技术协会", MAY)


@pytest.fixture(scope="module")
def press() -> Iterator[CertificatePress]:
    with certificate_press({"author": Look(default_layout("author"))}) as one:
        yield one


def printed(press: CertificatePress, **values: str) -> bytes:
    return press.print([Sheet("author", {**VALUES, **values}, "https://example.org/c/ABC")], title="证书")


@pytest.fixture(scope="module")
def signed(key: SigningKey, press: CertificatePress) -> bytes:
    return PdfSealer(key, reason="颁发证书", place="甘州区").sign(printed(press))


def text_of(pdf: bytes) -> str:
    return "".join(page.extract_text() for page in pypdf.PdfReader(io.BytesIO(pdf)).pages)


def test_a_signed_certificate_is_good_and_can_be_read(key: SigningKey, signed: bytes) -> None:
    state = check_signature(signed, [key.certificate])
    assert state.is_good
    assert state.signer == "甘州区科学技术协会"
    text = text_of(signed)
    assert "张晓明" in text
    assert "甘区科青创〔2018〕第0001号" in text
    assert "不作为中小学招生入学依据" in text


def test_no_byte_can_be_changed(key: SigningKey, signed: bytes) -> None:
    room = signed.index(b"/Contents <") + len(b"/Contents <")
    before, after = range(0, room, max(1, room // 12)), range(signed.index(b">", room) + 1, len(signed), 400)
    for place in [*before, *after]:
        changed = bytearray(signed)
        changed[place] ^= 1
        assert not check_signature(bytes(changed), [key.certificate]).is_good, place


def test_what_is_added_or_cut_off_is_found(key: SigningKey, signed: bytes) -> None:
    writer = pypdf.PdfWriter(io.BytesIO(signed), incremental=True)
    writer.add_blank_page()
    added = io.BytesIO()
    writer.write(added)
    for other in (added.getvalue(), signed + b"\n% more", signed[:-200]):
        assert not check_signature(other, [key.certificate]).is_good


def test_somebody_elses_signature_is_whole_but_not_the_offices(key: SigningKey, press: CertificatePress) -> None:
    stranger = make_key("甘州区科学技术协会", MAY)
    state = check_signature(PdfSealer(stranger, reason="", place="").sign(printed(press)), [key.certificate])
    assert (state.is_intact, state.is_known, state.is_good) == (True, False, False)


def test_what_is_not_signed_or_no_pdf_is_no_certificate(key: SigningKey, press: CertificatePress) -> None:
    assert not check_signature(printed(press), [key.certificate]).is_signed
    assert not check_signature(b"no pdf", [key.certificate]).is_signed


def test_a_key_is_the_same_after_it_was_kept(key: SigningKey, signed: bytes) -> None:
    again = from_pem(*to_pem(key))
    assert fingerprint(again.certificate) == fingerprint(key.certificate)
    assert check_signature(signed, [again.certificate]).is_good


def pkcs12_of(key: SigningKey, password: bytes = b"secret") -> bytes:
    return pkcs12.serialize_key_and_certificates(
        b"office", key.private_key, key.certificate, None, serialization.BestAvailableEncryption(password)
    )


def test_the_offices_own_key_file(key: SigningKey, press: CertificatePress) -> None:
    own = read_pkcs12(pkcs12_of(key), "secret", MAY)
    assert check_signature(PdfSealer(own, reason="", place="").sign(printed(press)), [key.certificate]).is_good


@pytest.mark.parametrize(
    ("password", "moment", "words"),
    [
        ("wrong", MAY, "密码不对"),
        ("secret", datetime(2050, 1, 1, tzinfo=UTC), "有效期是 2018-05-19 到"),
    ],
)
def test_a_key_file_that_cannot_be_used(key: SigningKey, password: str, moment: datetime, words: str) -> None:
    with pytest.raises(Invalid, match=words):
        read_pkcs12(pkcs12_of(key), password, moment)


def test_what_is_no_key_file() -> None:
    with pytest.raises(Invalid, match="密码不对，或者文件不是 PKCS#12"):
        read_pkcs12(b"hello", "", MAY)
    bare = pkcs12.serialize_key_and_certificates(
        b"x", ec.generate_private_key(ec.SECP256R1()), None, None, serialization.BestAvailableEncryption(b"a")
    )
    with pytest.raises(Invalid, match="没有可以用来签名的私钥和证书"):
        read_pkcs12(bare, "a", MAY)


def test_rare_characters_are_there_and_print_as_themselves(press: CertificatePress) -> None:
    assert missing_letters(f"张{RARE} （一等奖）\n") == ""
    assert RARE in text_of(printed(press, 姓名=RARE))
    pictures = {page_picture(printed(press, 姓名=letter)) for letter in (*RARE, NOWHERE)}
    assert len(pictures) == len(RARE) + 1, "each looks different, and none as the box of a character that is nowhere"


def test_characters_that_no_font_has_are_told_each_once() -> None:
    assert missing_letters(f"张{NOWHERE}晓{NOWHERE}明\ue123") == f"{NOWHERE}\ue123"


def test_a_long_title_is_set_smaller_and_stays_on_its_one_page(press: CertificatePress) -> None:
    title = "关于祁连山北麓水源涵养林的长期观察" * 12
    reader = pypdf.PdfReader(io.BytesIO(printed(press, 作品=title)))
    assert len(reader.pages) == 1
    assert "特发此证" in reader.pages[0].extract_text()


def test_pictures_are_made_as_small_as_print_needs_them() -> None:
    out = io.BytesIO()
    Image.effect_noise((5000, 3500), 60).convert("RGB").save(out, "JPEG", quality=95)
    seal = io.BytesIO()
    Image.new("RGBA", (1200, 1200), (200, 0, 0, 90)).save(seal, "PNG")
    look = Look(default_layout("author"), out.getvalue(), seal.getvalue(), seal.getvalue())
    with certificate_press({"author": look}) as press:
        pdf = printed(press)
        plain = press.print([Sheet("author", VALUES, "https://example.org/c/ABC")], title="", has_background=False)
    sizes = sorted(image.image.size for image in pypdf.PdfReader(io.BytesIO(pdf)).pages[0].images)
    assert max(width for width, _height in sizes) == 2339
    assert all(width <= 900 for width, _height in sizes[:-1])
    assert len(plain) < len(pdf) / 3, "for paper that has its background already"
