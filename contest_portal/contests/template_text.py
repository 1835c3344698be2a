"""Writing a contest's rules as a template that reads back the same (`template_file.parse_template`)."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import MISSING, Field, fields, is_dataclass, replace
from datetime import date
from typing import Any

from contest_portal.contests.calendar import Timetable
from contest_portal.contests.rules import CategoryRules, DisciplineList
from contest_portal.contests.template_file import ContestTemplate, TimetableStep

# Of a category these stand in tables of their own, below its plain keys.
_OWN_TABLES = ("fields", "slots")
_WIDTH = 110


def template_text(template: ContestTemplate) -> str:
    """The template as TOML. What has its default value is left out; discipline lists are named once and referred to."""
    categories, lists = _with_unique_lists(template)
    template = replace(template, categories=categories, discipline_lists=lists)
    lines = [f"# {_one_line(template.name)}", ""]
    for item in fields(template):
        value = getattr(template, item.name)
        if item.name not in {"categories", "discipline_lists"} and not _is_default(item, value):
            lines.append(f"{item.name} = {_value(value)}")
    for listed in template.discipline_lists:
        lines += ["", "[[discipline_lists]]", *_pairs(replace(listed, stage_groups=()), ())]
    for rules in template.categories:
        lines += ["", "", "[[categories]]", *_category(rules)]
    return "\n".join(lines) + "\n"


def timetable_steps(timetable: Timetable) -> tuple[TimetableStep, ...]:
    """A contest's days as a template's steps, counted from its call (or from the first day of submission)."""
    start = timetable.called_on or timetable.opens_on
    if start is None:
        return ()
    planned = (
        ("call", "通知", timetable.called_on, timetable.called_on),
        ("submission", "申报", timetable.opens_on, timetable.closes_on),
        ("screening", "审核", timetable.screening_until, timetable.screening_until),
        ("judging", "评审", timetable.judging_from, timetable.judging_until),
        ("publication", "公示", timetable.publication_on, timetable.publication_on),
    )
    return tuple(
        TimetableStep(code, name, (first - start).days, (last - start).days)
        for code, name, first, last in planned
        if first is not None and last is not None and first <= last
    )


def _with_unique_lists(
    template: ContestTemplate,
) -> tuple[tuple[CategoryRules, ...], tuple[DisciplineList, ...]]:
    """The categories, with different lists of the same code told apart by a number, and all their lists."""
    lists = {one.code: one for one in template.discipline_lists}
    renamed = []
    for rules in template.categories:
        own = []
        for listed in rules.disciplines:
            bare, code, number = replace(listed, stage_groups=()), listed.code, 1
            while code in lists and replace(lists[code], code=listed.code) != bare:
                number += 1
                code = f"{listed.code}-{number}"
            lists.setdefault(code, replace(bare, code=code))
            own.append(replace(listed, code=code))
        renamed.append(replace(rules, disciplines=tuple(own)))
    return tuple(renamed), tuple(lists.values())


def _category(rules: CategoryRules) -> Iterator[str]:
    yield from _pairs(rules, (*_OWN_TABLES, "disciplines"))
    if rules.disciplines:
        uses = [
            f"{{ list = {_text(one.code)}, stage_groups = {_value(one.stage_groups)} }}"
            if one.stage_groups
            else f"{{ list = {_text(one.code)} }}"
            for one in rules.disciplines
        ]
        yield f"disciplines = [{', '.join(uses)}]"
    for table in _OWN_TABLES:
        for item in getattr(rules, table):
            yield ""
            yield f"[[categories.{table}]]"
            yield from _pairs(item, ())


def _pairs(thing: Any, without: tuple[str, ...]) -> Iterator[str]:
    for item in fields(thing):
        value = getattr(thing, item.name)
        if item.name not in without and not _is_default(item, value):
            yield f"{item.name} = {_value(value)}"


def _is_default(item: Field[Any], value: Any) -> bool:
    # A consent that is never asked for is written as an age under which nobody is.
    if item.name == "consent_under_age":
        return bool(value == item.default)
    if value is None:
        return True
    default = item.default_factory() if item.default_factory is not MISSING else item.default
    return bool(value == default)


def _value(value: Any) -> str:
    if value is None:
        return "0"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return _text(value)
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, tuple):
        return _list([_value(item) for item in value])
    if is_dataclass(value) and not isinstance(value, type):
        pairs = ", ".join(_pairs(value, ()))
        return f"{{ {pairs} }}" if pairs else "{}"
    return repr(value)


def _list(items: list[str]) -> str:
    short = f"[{', '.join(items)}]"
    if len(short) <= _WIDTH and not any(item.startswith("{") for item in items):
        return short
    return "[\n" + "".join(f"  {item},\n" for item in items) + "]" if items else "[]"


def _text(text: str) -> str:
    # JSON's escapes are TOML's, but for the one control character that JSON leaves as it is.
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")


def _one_line(text: str) -> str:
    return " ".join(text.split())


def title_pattern(name: str, year: int, region: str) -> str:
    """The contest's name with its year and region as places: 2018年甘州区青少年… gives {year}年{region}青少年…."""
    escaped = name.replace("{", "{{").replace("}", "}}")
    with_year = escaped.replace(str(year), "{year}")
    return with_year.replace(region, "{region}") if region else with_year
