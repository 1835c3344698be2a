"""What stands about somebody and makes no password: names as they are written and as they are typed in pinyin. Pure."""

from __future__ import annotations

import re

_KIND = re.compile(r"(?:实验|中心|希望|第[一二三四五六七八九十]+)?(?:小学|初级中学|高级中学|中学|学校|幼儿园)$")
_REGION = re.compile(r"^.{2,8}[省市区县](?=..)")


def words_of_person(name: str) -> set[str]:
    """王芳: 王芳, wangfang."""
    return _with_pinyin(name)


def words_of_school(name: str) -> set[str]:
    """甘州区西关小学: also 西关小学, 西关, and all three in pinyin."""
    without_region = _REGION.sub("", name)
    own = _KIND.sub("", without_region)
    return _with_pinyin(name) | _with_pinyin(without_region) | (_with_pinyin(own) if len(own) > 1 else set())


def _with_pinyin(text: str) -> set[str]:
    if not text or text.isascii():
        return {text} - {""}
    from pypinyin import lazy_pinyin

    return {text, "".join(lazy_pinyin(text, errors="ignore"))} - {""}
