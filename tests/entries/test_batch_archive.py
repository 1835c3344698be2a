"""ZIPs as strangers pack them: names in all letters, members that are no pictures, sizes that lie."""

from __future__ import annotations

import io
import stat
import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contest_portal.entries.batch import archive
from contest_portal.entries.batch.archive import Member, PictureArchive, RefusedMember, UnreadableArchive
from tests.entries.batch_zips import ENCRYPTED, UTF8, Packed, gbk, unicode_path, utf8, zip_of

MB = 2**20


def opened(data: bytes) -> PictureArchive:
    return PictureArchive(io.BytesIO(data), len(data))


def paths(data: bytes) -> list[str]:
    return [one.path for one in opened(data).members() if isinstance(one, Member)]


def refusals(data: bytes) -> dict[str, str]:
    return {one[0]: str(one[1]) for one in opened(data).members() if isinstance(one, tuple)}


def content(data: bytes, place: int = 0, most: int = 10 * MB) -> bytes:
    reader = opened(data)
    member = next(one for one in reader.members() if isinstance(one, Member) and one.place == place)
    stream = reader.open(member, most)
    read = b""
    while piece := stream.read(65536):
        read += piece
    return read


@pytest.mark.parametrize(
    "member",
    [
        gbk("三年级2班/张晓明-火星医院.jpg", b"x"),
        utf8("三年级2班/张晓明-火星医院.jpg", b"x"),
        utf8("三年级2班/张晓明-火星医院.jpg", b"x", marked=False),
        Packed(b"??/???-????.jpg", b"x", extra=unicode_path(b"??/???-????.jpg", "三年级2班/张晓明-火星医院.jpg")),
        gbk("三年级2班\\张晓明-火星医院.jpg", b"x"),
        gbk("D:\\三年级2班\\张晓明-火星医院.jpg", b"x"),
        gbk("/三年级2班/./张晓明-火星医院.jpg", b"x"),
    ],
    ids=["gbk", "utf-8", "utf-8 unmarked", "unicode path", "backslashes", "drive", "absolute"],
)
def test_a_name_is_read_in_the_letters_that_it_was_written_in(member: Packed) -> None:
    assert paths(zip_of(member)) == ["三年级2班/张晓明-火星医院.jpg"]


def test_a_unicode_path_of_another_name_does_not_count() -> None:
    raw = "张晓明.jpg".encode("gbk")
    assert paths(zip_of(Packed(raw, b"x", extra=unicode_path(b"other.jpg", "李小红.jpg")))) == ["张晓明.jpg"]


def test_gbk_names_that_could_be_utf8_are_told_by_the_others() -> None:
    odd = "一".encode("gbk") + b"\xc6\xa0"
    assert len(odd.decode("utf-8")) == 2, "two letters of GBK whose bytes are two Cyrillic or Latin ones in UTF-8"
    assert paths(zip_of(Packed(odd + b".jpg", b"x"), gbk("张晓明.jpg", b"x"))) == [
        odd.decode("gbk") + ".jpg",
        "张晓明.jpg",
    ]


def test_letters_whose_second_byte_is_a_backslash_stay_whole() -> None:
    name = b"\x81\x5c.jpg"  # one letter in GBK
    assert paths(zip_of(Packed(name, b"x"))) == [name.decode("gbk")]


def test_folders_and_what_systems_leave_behind_are_passed_over() -> None:
    data = zip_of(
        utf8("作品/", b""),
        utf8("__MACOSX/作品/._张晓明.jpg", b"x"),
        utf8("作品/.DS_Store", b"x"),
        utf8("作品/Thumbs.db", b"x"),
        utf8("作品/._张晓明.jpg", b"x"),
        utf8("作品/深/更深/张晓明.jpg", b"x"),
    )
    assert paths(data) == ["作品/深/更深/张晓明.jpg"]
    assert refusals(data) == {}


def test_members_that_are_no_files_are_named_with_the_reason() -> None:
    data = zip_of(
        utf8("../../etc/张晓明.jpg", b"x"),
        utf8("链接.jpg", b"/etc/passwd", mode=stat.S_IFLNK | 0o777),
        utf8("管道.jpg", b"", mode=stat.S_IFIFO),
        Packed("锁.jpg".encode(), b"x" * 20, flags=UTF8 | ENCRYPTED),
        utf8("好.jpg", b"x"),
    )
    assert paths(data) == ["好.jpg"]
    found = refusals(data)
    assert found["../../etc/张晓明.jpg"] == "路径中有“..”，没有收"
    assert "链接" in found["链接.jpg"]
    assert "普通文件" in found["管道.jpg"]
    assert "密码" in found["锁.jpg"]


def test_a_damaged_member_leaves_the_others_readable() -> None:
    picture = bytes(range(256)) * 400
    data = zip_of(utf8("坏.jpg", picture, broken=True), utf8("好.jpg", picture), utf8("错.jpg", picture, crc=1))
    assert content(data, 1) == picture
    for place in (0, 2):
        with pytest.raises(RefusedMember, match="已损坏"):
            content(data, place)


def test_two_members_of_one_name_are_both_there() -> None:
    data = zip_of(utf8("张晓明.jpg", b"one"), utf8("张晓明.jpg", b"two"))
    assert [content(data, place) for place in (0, 1)] == [b"one", b"two"]


def test_a_member_larger_than_its_limit_is_refused_with_both_sizes() -> None:
    data = zip_of(utf8("大.jpg", b"x" * (3 * MB)))
    with pytest.raises(RefusedMember, match="有 3 MB，超过每个文件 2 MB 的上限"):
        content(data, most=2 * MB)


def test_what_comes_out_is_counted_whatever_is_declared() -> None:
    body = zlib.compressobj(9, zlib.DEFLATED, -zlib.MAX_WBITS)
    bomb = body.compress(b"\0" * (200 * MB)) + body.flush()
    assert len(bomb) < MB
    data = zip_of(utf8("小.jpg", b"", body=bomb, declared=1000))
    with pytest.raises(RefusedMember):
        content(data)


def test_a_bomb_that_declares_itself_is_refused_before_it_is_opened() -> None:
    body = zlib.compressobj(9, zlib.DEFLATED, -zlib.MAX_WBITS)
    bomb = body.compress(b"\0" * (200 * MB)) + body.flush()
    with pytest.raises(UnreadableArchive, match="解开后有 200 MB"):
        opened(zip_of(utf8("弹.jpg", b"", body=bomb, declared=200 * MB)))


def test_a_bomb_among_large_pictures_is_told_by_its_own_ratio() -> None:
    packer = zlib.compressobj(9, zlib.DEFLATED, -zlib.MAX_WBITS)
    zeros = b"\0" * (40 * MB)
    bomb = packer.compress(zeros) + packer.flush()
    filler = utf8("图.jpg", b"x" * (2 * MB), stored=True)
    data = zip_of(filler, utf8("弹.jpg", b"", body=bomb, declared=len(zeros), crc=zlib.crc32(zeros)))
    with pytest.raises(RefusedMember, match="不相称"):
        content(data, 1, most=100 * MB)


def test_too_many_members_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(archive, "MOST_MEMBERS", 3)
    data = zip_of(*(utf8(f"{number}.jpg", b"x") for number in range(4)))
    with pytest.raises(UnreadableArchive, match="有 4 个文件，最多 3 个"):
        opened(data)


def test_a_huge_directory_is_refused_before_it_is_read() -> None:
    data = bytearray(zip_of(utf8("图.jpg", b"x")))
    data[-10:-6] = (100 * MB).to_bytes(4, "little")
    with pytest.raises(UnreadableArchive, match="文件太多"):
        opened(bytes(data))


@pytest.mark.parametrize("data", [b"", b"PK\x03\x04", b"Rar!\x1a\x07\0", zip_of(utf8("图.jpg", b"x" * 500))[:-30]])
def test_what_is_no_whole_zip_is_refused_in_words(data: bytes) -> None:
    with pytest.raises(UnreadableArchive, match="已损坏或不完整"):
        opened(data)


@given(st.binary(max_size=400), st.integers(0, 400), st.binary(max_size=8))
def test_no_bytes_raise_anything_else(noise: bytes, at: int, change: bytes) -> None:
    whole = zip_of(utf8("图.jpg", noise), gbk("张晓明.jpg", noise[::-1]))
    data = whole[:at] + change + whole[at + len(change) :]
    try:
        reader = opened(data)
        for member in reader.members():
            if isinstance(member, Member):
                stream = reader.open(member, MB)
                while stream.read(4096):
                    pass
    except (UnreadableArchive, RefusedMember):
        pass
