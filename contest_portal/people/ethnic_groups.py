"""The names of China's ethnic groups (GB/T 3304—1991, 56 of them), and how people shorten them. Pure."""

from __future__ import annotations

ETHNIC_GROUPS: tuple[str, ...] = (
    "汉族", "蒙古族", "回族", "藏族", "维吾尔族", "苗族", "彝族", "壮族", "布依族", "朝鲜族",
    "满族", "侗族", "瑶族", "白族", "土家族", "哈尼族", "哈萨克族", "傣族", "黎族", "傈僳族",
    "佤族", "畲族", "高山族", "拉祜族", "水族", "东乡族", "纳西族", "景颇族", "柯尔克孜族", "土族",
    "达斡尔族", "仫佬族", "羌族", "布朗族", "撒拉族", "毛南族", "仡佬族", "锡伯族", "阿昌族", "普米族",
    "塔吉克族", "怒族", "乌孜别克族", "俄罗斯族", "鄂温克族", "德昂族", "保安族", "裕固族", "京族", "塔塔尔族",
    "独龙族", "鄂伦春族", "赫哲族", "门巴族", "珞巴族", "基诺族",
)  # fmt: skip
"""In the order of the standard's codes 01 to 56."""

OTHER_GROUPS: tuple[str, ...] = ("其他", "外国血统中国籍人士")
"""Codes 97 and 98 of the standard."""

_SHORT = {"维族": "维吾尔族", "维": "维吾尔族", "蒙族": "蒙古族", "蒙": "蒙古族", "哈族": "哈萨克族"}
_BY_TEXT = {
    **{group: group for group in (*ETHNIC_GROUPS, *OTHER_GROUPS)},
    **{group.removesuffix("族"): group for group in ETHNIC_GROUPS},
    **_SHORT,
}


def ethnic_group_of(text: str) -> str | None:
    """The full name for a full or shortened one (汉 is 汉族), or None."""
    return _BY_TEXT.get(text)
