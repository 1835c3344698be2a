"""Names found by the first letters of their pinyin."""

from __future__ import annotations

import pytest

from contest_portal.people.initials import initials_of, initials_variants


@pytest.mark.parametrize(
    ("name", "initials"),
    [
        ("张晓明", "zxm"),
        ("单晓明", "sxm"),
        ("仇英", "qy"),
        ("尉迟恭", "ycg"),
        ("欧阳娜娜", "oynn"),
        ("赵晟", "zs"),
        ("吕曾", "lz"),
        ("买买提·艾力", "mmtal"),
        ("Li Ming", "lm"),
        ("", ""),
    ],
)
def test_a_name_has_its_letters(name: str, initials: str) -> None:
    assert initials_of(name) == initials


def test_a_character_of_two_sounds_is_found_by_both() -> None:
    assert {"ll", "ly"} <= set(initials_variants("李乐"))
    assert initials_variants("李乐")[0] == initials_of("李乐")


def test_long_names_stay_within_their_column() -> None:
    assert len(initials_of("长" * 50)) == 20
