"""Pictures drawn by the server: well-formed, named, without styles, every figure in the right place."""

from __future__ import annotations

import re
from itertools import pairwise
from xml.etree import ElementTree as ET

import pytest

from contest_portal.judging.pictures import (
    Curve,
    Drawing,
    Interval,
    Picture,
    Share,
    axis,
    graph,
    intervals,
    lines,
    shares,
)
from contest_portal.judging.pictures.svg import text_width

EVIL = '<script>"张&三"</script>'


def drawn(picture: Picture) -> ET.Element:
    return ET.fromstring(picture.svg.__html__())


def both(picture: Picture) -> list[ET.Element]:
    """For a desk and for a phone."""
    return [ET.fromstring(one.__html__()) for one in (picture.svg, picture.narrow)]


def extent(text: ET.Element) -> tuple[float, float]:
    """From where to where the words go, by their anchor."""
    at, long = float(text.get("x")), text_width(text.text or "")
    start = {"start": at, "middle": at - long / 2, "end": at - long}[text.get("text-anchor")]
    return start, start + long


def some_pictures() -> list[Picture]:
    curve = Curve(EVIL, [(1, 0.2), (2, 0.4)], band=[(0.1, 0.3), (0.3, 0.5)], dashed=True)
    return [
        lines(EVIL, EVIL, [curve], axis(1, 7, EVIL), axis(0, 1, percent=True), ["a"], [[EVIL]], rules=[(2, EVIL)]),
        intervals(EVIL, "", [Interval(EVIL, 3, 1, 5), Interval("b", -2)], ["a"], [[EVIL]], at=0, line_after=1),
        shares(EVIL, "", [Share(EVIL, 0.4)], ["a"], [[EVIL]], band=(0.1, 0.9), line_after=1, line_words=EVIL),
        graph(EVIL, "", [(1, EVIL)], [("x", EVIL), ("y", "")], [(1, "x"), (1, "unknown")], ["a"], [[EVIL]]),
    ]


@pytest.mark.parametrize("picture", some_pictures())
def test_a_picture_is_well_formed_named_and_without_styles_whatever_its_words_are(picture: Picture) -> None:
    for root in both(picture):
        assert root.find("title").text == EVIL
        assert root.get("role") == "img"
        assert root.get("aria-label") == EVIL
        assert not list(root.iter("script"))
        styled = [one for one in root.iter() if one.get("style") or any(name.startswith("on") for name in one.attrib)]
        assert not styled


@pytest.mark.parametrize("picture", some_pictures())
def test_nothing_is_drawn_outside_of_a_picture(picture: Picture) -> None:
    for root in both(picture):
        width, height = map(float, root.get("viewBox").split()[2:])
        for part in root.iter():
            for name in ("x", "x1", "x2", "cx"):
                assert 0 <= float(part.get(name, 0)) <= width
            for name in ("y", "y1", "y2", "cy"):
                assert 0 <= float(part.get(name, 0)) <= height


def numbered(count: int) -> list[str]:
    """Numbers of works, which begin alike."""
    return [f"GZ2018-CG-C-{place:04d}" for place in range(count)]


@pytest.mark.parametrize(
    "picture",
    [
        intervals("t", "", [Interval(name, 60 + n, 40, 95) for n, name in enumerate(numbered(9))], [], [], label="分"),
        shares("t", "", [Share(name, n / 9) for n, name in enumerate(numbered(9))], [], [], label="把握"),
        lines("t", "", [Curve("a", [(0, 0), (30, 360)])], axis(0, 30, "第几天"), axis(0, 360, "份"), [], []),
        graph(
            "t",
            "",
            [(1, "欧阳娜仁托娅"), (2, "马明")],
            [(n, name) for n, name in enumerate(numbered(9))],
            [(1, 2)],
            [],
            [],
        ),
    ],
)
def test_words_stay_inside_and_do_not_run_into_each_other_on_a_phone_either(picture: Picture) -> None:
    for root in both(picture):
        width = float(root.get("viewBox").split()[2])
        lines_of_text: dict[float, list[tuple[float, float]]] = {}
        for text in root.iter("text"):
            first, last = extent(text)
            assert first >= -1
            assert last <= width + 1
            lines_of_text.setdefault(float(text.get("y")), []).append((first, last))
        for placed in lines_of_text.values():
            ordered = sorted(placed)
            assert all(one[1] <= other[0] for one, other in pairwise(ordered))


def test_a_number_that_is_cut_keeps_the_end_that_tells_it_from_others() -> None:
    [_wide, narrow] = both(
        graph("t", "", [(1, "马明")], [(n, name) for n, name in enumerate(numbered(3))], [(1, 2)], [], [])
    )
    words = [text.text or "" for text in narrow.iter("text")]
    assert [one[-4:] for one in words if one.startswith("…")] == ["0002", "0000", "0001"]


def test_an_axis_has_round_steps_and_holds_all_values() -> None:
    assert [words for _, words in axis(0.31, 0.78, percent=True).ticks] == ["30%", "40%", "50%", "60%", "70%", "80%"]
    assert [words for _, words in axis(-7.2, 9.9).ticks] == ["-10", "-5", "0", "5", "10"]
    assert [words for _, words in axis(0, 0.3).ticks] == ["0.00", "0.05", "0.10", "0.15", "0.20", "0.25", "0.30"]


def test_an_axis_of_one_value_has_room_around_it() -> None:
    one = axis(4, 4)
    assert one.low < 4 < one.high


def test_an_interval_stands_where_its_figures_say() -> None:
    rows = [Interval("a", 0, -10, 10), Interval("b", 10)]
    root = drawn(intervals("t", "", rows, [], [], at=0))
    first, second = [float(dot.get("cx")) for dot in root.iter("circle")]
    line = next(one for one in root.iter("line") if "is-interval" in one.get("class"))
    rule = next(one for one in root.iter("line") if one.get("class") == "picture-rule")
    assert float(rule.get("x1")) == pytest.approx(first, abs=0.01)
    assert float(line.get("x2")) == pytest.approx(second, abs=0.01)
    assert first - float(line.get("x1")) == pytest.approx(second - first, abs=0.02)


def test_the_quota_line_stands_between_the_rows_it_parts() -> None:
    root = drawn(shares("t", "", [Share(str(n), 0.5) for n in range(5)], [], [], line_after=2))
    bars = [float(bar.get("y")) for bar in root.iter("rect")]
    line = float(next(one for one in root.iter("line") if one.get("class") == "picture-quota").get("y1"))
    assert bars[1] < line <= bars[2]


def test_a_graph_has_a_line_for_each_read_and_a_name_for_each_judge() -> None:
    judges, entries = [(1, "甲"), (2, "乙")], [(n, str(n)) for n in range(4)]
    root = drawn(graph("t", "", judges, entries, [(1, 0), (1, 1), (2, 2), (2, 1)], [], [], series={2: 3}))
    lines_drawn = [one for one in root.iter("line") if "is-read" in one.get("class")]
    assert len(lines_drawn) == 4
    assert sum("line-3" in one.get("class") for one in lines_drawn) == 2
    assert {"甲", "乙"} <= {text.text for text in root.iter("text")}


def test_a_drawing_is_the_same_bytes_each_time_and_writes_short_numbers() -> None:
    drawing = Drawing("t", "d", 10, 10)
    drawing.line((0.1 + 0.2, 1), (2.005, 3.10), "x")
    assert str(drawing) == drawing.__html__()
    assert re.findall(r'x1="([^"]*)"', str(drawing)) == ["0.3"]
