"""Names found by the first letters of their pinyin."""

from __future__ import annotations

import pytest

from contest_portal.people.initials import initials_of


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


def test_long_names_stay_within_their_column() -> None:
    assert len(initials_of("长" * 50)) == 20
