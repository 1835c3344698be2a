"""Made-up names of people of the district, by sex and ethnic group. Pure."""

from __future__ import annotations

from random import Random

ETHNIC_GROUPS = ("汉族", "回族", "裕固族", "藏族", "蒙古族", "土族", "满族")
_ETHNIC_WEIGHTS = (945, 22, 14, 9, 5, 3, 2)

_SURNAMES = (
    "王张李刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧程曹袁邓许傅沈曾彭吕苏卢蒋蔡贾丁魏薛叶阎余潘杜戴夏钟"
    "汪田任姜范方石姚谭廖邹熊金陆郝孔白崔康毛邱秦江史顾侯邵孟龙万段雷钱汤尹黎易常武乔贺赖龚文兰殷柴车"
)
_BOYS = "浩宇轩泽博文俊杰明志强建军伟嘉子睿鹏飞翔宏涛鑫磊凯旭阳海天佑成龙晨昊嘉豪俊熙一鸣思远天翼振国永昌立东学义家乐"
_GIRLS = "欣怡雨涵梓萱诗琪佳慧雅婷静雯思彤梦瑶语嫣晓燕丽娜美玲玉洁紫薇若曦可馨雪梅春兰秋月艺菲婧怡丹阳心悦乐瑶冰清小"
_SHARED = "佳晓文嘉子雨晨思梓瑞安宁乐可心一"
_HUI = "马马马丁海白哈沙"
_TIBETAN_BOYS = ("扎西东珠", "才让多杰", "旦增加措", "索南才旦", "贡保加", "完玛仁增")
_TIBETAN_GIRLS = ("卓玛才旦", "拉毛吉", "央金卓玛", "德吉措", "仁青卓玛", "尕藏草")
_YUGUR = "安兰贺郭白钟巴常索顾"


def ethnic_group(rng: Random) -> str:
    """An ethnic group, about as often as in the district."""
    return rng.choices(ETHNIC_GROUPS, _ETHNIC_WEIGHTS)[0]


def person_name(rng: Random, sex: str, group: str = "汉族") -> str:
    """A name of two to four letters."""
    if group == "藏族" and rng.random() < 0.7:
        return rng.choice(_TIBETAN_BOYS if sex == "男" else _TIBETAN_GIRLS)
    surname = rng.choice({"回族": _HUI, "裕固族": _YUGUR}.get(group, _surnames(rng)))
    letters = _BOYS if sex == "男" else _GIRLS
    first = rng.choice(_SHARED if rng.random() < 0.3 else letters)
    if rng.random() < 0.12:
        return surname + rng.choice(letters)
    second = rng.choice(letters)
    while second == first:
        second = rng.choice(letters)
    return surname + first + second


def _surnames(rng: Random) -> str:
    """Half of the people share the twenty commonest surnames."""
    return _SURNAMES[:20] if rng.random() < 0.5 else _SURNAMES


def adult_name(rng: Random, sex: str) -> str:
    """A name as parents and teachers have it."""
    common = "国建志文永玉秀桂明海学成春晓红丽英兰霞芳军强平华敏静燕"
    second = rng.choice(common if rng.random() < 0.5 else (_BOYS if sex == "男" else _GIRLS))
    surname = rng.choice(_surnames(rng))
    return surname + second if rng.random() < 0.3 else surname + rng.choice(common) + second
