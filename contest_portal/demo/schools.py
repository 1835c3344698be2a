"""The demo's schools: the six that the year's summary names, and others of town and country with made-up names. Pure."""

from __future__ import annotations

from dataclasses import dataclass

from contest_portal.people.grades import grades_of, stage_of

NAMED = ("西关小学", "青年东街小学", "龙渠乡中心学校", "长安镇中心学校", "甘州中学", "南关学校")
MISSPELT, CORRECTED = "小满镇中心校", "小满镇中心学校"
"""A name that was registered wrongly and is corrected by the amendment of the public list."""

_CODE_TYPES = {"primary": "21", "junior": "31", "nine_year": "31", "senior": "34", "complete": "34"}
_CODE_TYPES |= {"vocational": "36", "special": "51"}


@dataclass(frozen=True)
class SchoolPlan:
    """A school: its place in the list, how many pupils it has against others, how often it enters works."""

    index: int
    name: str
    kind: str
    township: str
    is_urban: bool
    is_feature: bool
    pupils: int
    zeal: float
    applies: bool
    requires_approval: bool

    @property
    def code(self) -> str:
        return f"{_CODE_TYPES[self.kind]}62{990001 + self.index:06d}"

    @property
    def address(self) -> str:
        place = f"{self.township}街道" if self.is_urban else f"{self.township}政府驻地"
        return f"甘州区{place}"

    @property
    def stages(self) -> frozenset[str]:
        """小学, 初中, 高中 as far as the school has them."""
        return frozenset(stage_of(grade) for grade in grades_of(self.kind))


# name, kind, township or street, pupils against others, zeal, marks: f feature, a applies by the form, q asks approval
_SCHOOLS = (
    ("西关小学", "primary", "西街", 9, 2.4, "q"),
    ("青年东街小学", "primary", "东街", 9, 2.6, "f"),
    ("龙渠乡中心学校", "nine_year", "龙渠乡", 6, 2.0, ""),
    ("长安镇中心学校", "nine_year", "长安镇", 7, 2.0, ""),
    ("甘州中学", "complete", "南街", 11, 2.8, "f"),
    ("南关学校", "nine_year", "南街", 9, 2.5, "f"),
    (MISSPELT, "nine_year", "小满镇", 6, 1.8, ""),
    ("河西高级中学", "senior", "北街", 8, 1.3, ""),
    ("滨河小学", "primary", "滨河新区", 7, 1.2, "a"),
    ("明珠小学", "primary", "东街", 7, 1.1, ""),
    ("绿洲小学", "primary", "西街", 7, 1.1, "a"),
    ("湿地公园小学", "primary", "滨河新区", 6, 1.2, "a"),
    ("金桥小学", "primary", "火车站", 6, 0.9, ""),
    ("新乐小学", "primary", "北街", 6, 0.9, ""),
    ("玉泉小学", "primary", "南街", 5, 0.8, ""),
    ("祁连小学", "primary", "西街", 6, 1.0, ""),
    ("丹霞小学", "primary", "东街", 6, 0.9, ""),
    ("河西初级中学", "junior", "北街", 8, 1.2, "q"),
    ("黑河初级中学", "junior", "滨河新区", 7, 1.1, "a"),
    ("北苑初级中学", "junior", "北街", 7, 1.0, ""),
    ("弱水中学", "complete", "西街", 9, 1.4, ""),
    ("丹霞中学", "complete", "东街", 8, 1.3, ""),
    ("祁连高级中学", "senior", "火车站", 8, 1.2, ""),
    ("绿洲职业中等专业学校", "vocational", "火车站", 6, 0.7, ""),
    ("启明特殊教育学校", "special", "南街", 2, 0.3, "a"),
    ("新墩镇中心学校", "nine_year", "新墩镇", 6, 1.0, ""),
    ("甘浚镇中心学校", "nine_year", "甘浚镇", 5, 0.8, ""),
    ("乌江镇中心学校", "nine_year", "乌江镇", 5, 0.9, ""),
    ("明永镇中心学校", "nine_year", "明永镇", 4, 0.7, ""),
    ("党寨镇中心学校", "nine_year", "党寨镇", 5, 0.9, ""),
    ("碱滩镇中心学校", "nine_year", "碱滩镇", 5, 0.8, ""),
    ("三闸镇中心学校", "nine_year", "三闸镇", 4, 0.7, "a"),
    ("上秦镇中心学校", "nine_year", "上秦镇", 5, 0.8, ""),
    ("安阳乡中心学校", "nine_year", "安阳乡", 3, 0.6, ""),
    ("大满镇初级中学", "junior", "大满镇", 5, 0.7, ""),
    ("沙井镇初级中学", "junior", "沙井镇", 5, 0.7, ""),
    ("大满镇中心小学", "primary", "大满镇", 5, 0.7, ""),
    ("沙井镇中心小学", "primary", "沙井镇", 5, 0.7, ""),
    ("梁家墩镇中心小学", "primary", "梁家墩镇", 4, 0.6, ""),
    ("花寨乡中心小学", "primary", "花寨乡", 3, 0.5, ""),
    ("靖安乡中心小学", "primary", "靖安乡", 3, 0.5, ""),
    ("平山湖蒙古族乡中心小学", "primary", "平山湖蒙古族乡", 2, 0.4, "a"),
    ("乌江镇第二小学", "primary", "乌江镇", 3, 0.5, ""),
    ("党寨镇第二小学", "primary", "党寨镇", 3, 0.5, ""),
    ("碱滩镇第二小学", "primary", "碱滩镇", 3, 0.4, ""),
)


def schools(count: int) -> list[SchoolPlan]:
    """The first `count` schools; the six that the summary names come first."""
    return [
        SchoolPlan(
            index=index,
            name=name,
            kind=kind,
            township=township,
            is_urban=not township.endswith(("镇", "乡")),
            is_feature="f" in marks,
            pupils=pupils,
            zeal=zeal,
            applies="a" in marks,
            requires_approval="q" in marks,
        )
        for index, (name, kind, township, pupils, zeal, marks) in enumerate(_SCHOOLS[:count])
    ]
