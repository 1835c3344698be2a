"""The five parts of the summary: the office's wording of 2018, its own words and numbers instead. Pure."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from contest_portal.reports import parts
from contest_portal.reports.annual import CategoryNumbers, sentence_template
from contest_portal.reports.parts import Activity, Honour, Number, Own, Records, UpperResult

PUBLISHED = json.loads((Path(__file__).parents[1] / "published" / "contest_2018.json").read_text("utf-8"))
YEAR = Records("results.year_records", {"year": 2018})
LABELS = {"visits": "参观", "visitors": "参观", "exhibits": "展品", "exhibit_kinds": "展品种类", "vehicles": "车辆"}


def contests() -> parts.Part:
    categories = [CategoryNumbers(**category) for category in PUBLISHED["categories"]]
    template, counts = sentence_template(categories, "全市第九届青少年科技创新大赛")
    upper = [
        UpperResult(one["contest"], [(award, count) for award, count in one.items() if award != "contest"])
        for one in PUBLISHED["provincial_results"]
    ]
    return parts.contests_part(
        PUBLISHED["contest"],
        Number("参加师生", PUBLISHED["participants"]),
        template,
        [Number(key, str(count)) for key, count in counts.items()],
        upper,
        YEAR,
    )


def activities() -> list[Activity]:
    return [
        Activity(
            event["name"],
            {key: (LABELS.get(key, key), str(value)) for key, value in event.items() if key != "name"},
            is_museum="科技馆" in event["name"],
        )
        for event in PUBLISHED["events"]
    ]


def test_the_first_part_states_who_took_part_the_sentence_and_what_came_back() -> None:
    said = parts.plain_text(contests(), Own())
    assert said.startswith("组织开展2018年甘州区青少年科技创新大赛,18600多名师生参加。")
    assert PUBLISHED["sentence"] in said
    assert "在甘肃省第33届青少年科技创新大赛中获一等奖5项、二等奖7项、三等奖13项。" in said
    assert "在全省第18届青少年机器人竞赛中获二等奖2项、三等奖3项。" in said


def test_the_museum_has_a_part_and_the_caravan_with_the_rest_another() -> None:
    museum = parts.activities_part(parts.MUSEUM, [one for one in activities() if one.is_museum])
    assert parts.plain_text(museum, Own()) == (
        "开展中国流动科技馆甘州区巡展,以“体验科学·感受生活”为主题,"
        "采取分批次, 按照巡展组织活动方案, 城区中小学生的方式,参观16000多人次。"
    )
    rest = parts.plain_text(
        parts.activities_part(parts.CARAVAN, [one for one in activities() if not one.is_museum]), Own()
    )
    assert "全省科普大篷车河西行(甘州站),在甘州中学举行,出动车辆8辆,展出6类,展品50余件,3000多名师生参观。" in rest
    assert "2018年张掖市全国科普日活动启动" in rest
    assert "流动科技馆" not in rest


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("2018-09-04", "2018年9月4日"),
        ("2018-09-14至2018-10-01", "2018年9月14日至2018年10月1日"),
        ("9月中旬", "9月中旬"),
    ],
)
def test_a_day_is_said_as_an_office_writes_it(typed: str, said: str) -> None:
    part = parts.activities_part(parts.CARAVAN, [Activity("科普日", {"date": ("日期", typed)}, is_museum=False)])
    assert parts.plain_text(part, Own()) == f"开展科普日,于{said}举行。"


def test_honours_and_makers_have_their_parts() -> None:
    honours = parts.honours_part([Honour(h["school"], h["honour"], h["by"]) for h in PUBLISHED["honours"]], YEAR)
    assert parts.plain_text(honours, Own()) == "全年获得学校荣誉1项:南关学校被评为“科学调查体验推广示范学校”(省)。"
    maker = PUBLISHED["maker_contest"]
    part = parts.makers_part([(maker["name"], maker["measure"], maker["entries"], YEAR)])
    assert parts.plain_text(part, Own()) == "组织参加全省第二届青少年创客创意大赛,征集作品58件(幅)。"


def test_a_year_without_anything_says_nothing() -> None:
    empty = [
        parts.contests_part("", Number("参加师生", ""), "", [], [], YEAR),
        parts.activities_part(parts.MUSEUM, []),
        parts.honours_part([], YEAR),
        parts.makers_part([]),
    ]
    assert [parts.plain_text(part, Own()) for part in empty] == ["", "", "", ""]


def test_a_number_of_the_offices_own_is_marked_and_keeps_the_computed_one() -> None:
    own = Own(None, {"科幻画作品征集": ("65", "以市科协通报为准")})
    [changed] = [piece for piece in parts.pieces(contests(), own) if piece.own_why is not None]
    assert (changed.text, changed.own_why) == ("65", "以市科协通报为准")
    assert changed.number is not None
    assert changed.number.value == "62"
    assert "科幻画作品65件" in parts.plain_text(contests(), own)


def test_the_offices_own_text_has_live_numbers() -> None:
    own = Own("全区共{参加师生}参加，其中科幻画{科幻画作品征集}件。")
    assert parts.plain_text(contests(), own) == "全区共18600多名师生参加，其中科幻画62件。"


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("共{参观的人}参加", "{参观的人}"),
        ("{a}{b}{a}", "{a}、{b}"),
        ("字" * 3001, "3001"),
    ],
)
def test_a_text_that_cannot_be_kept_is_told(text: str, words: str) -> None:
    problem = parts.field_problem(contests(), text)
    assert problem is not None
    assert words in str(problem)


def test_braces_in_names_are_no_fields() -> None:
    part = parts.makers_part([("大赛{参加师生}", "件", 3, YEAR)])
    assert parts.plain_text(part, Own()) == "组织参加大赛｛参加师生｝,征集作品3件。"
    assert parts.field_problem(part, part.text) is None
