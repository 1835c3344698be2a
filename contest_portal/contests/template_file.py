"""Reading a rule template: a TOML file that holds everything a new contest starts from.

Every mistake is reported at once, each with its line and what to do about it; a template with a mistake is not used.
"""

from __future__ import annotations

import re
import string
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from importlib import resources
from typing import Any

from contest_portal.contests.bounds import bound_problems
from contest_portal.contests.rules import CategoryRules, DisciplineList, format_number, shift_years
from contest_portal.contests.rules_codec import Path, RuleProblem, decode_into, encode, unknown_key
from contest_portal.contests.rules_validity import category_problems
from contest_portal.contests.toml_lines import line_numbers, nearest_line
from contest_portal.core.text import N_, Message

DEFAULT_NUMBER_PATTERN = "{prefix}{year}-{category}-{stage}-{seq:04d}"
_NUMBER_PLACES = frozenset({"prefix", "year", "category", "stage", "seq"})
MOST_NUMBER = 40
_PREFIX = re.compile(r"[A-Za-z0-9]{1,10}")
_PATTERN_SIGN = re.compile(r"[\w.()（）〔〕-]")
_TITLE_PLACES = frozenset({"year", "region"})
_FOLDER = "rule_templates"


@dataclass(frozen=True)
class TimetableStep:
    """A step of the year: from the start of day `from_day` to the end of day `to_day`, counted from the call (day 0)."""

    code: str
    name: str
    from_day: int
    to_day: int


@dataclass(frozen=True)
class ContestTemplate:
    """What a new contest starts from.

    `code` and `version` name the template. `title` has the places {year} and {region}. `year` is the edition that the
    dates of the categories belong to; `categories_for` gives them for another one. `number_pattern` has the places
    {prefix}, {year}, {category}, {stage} and {seq}. `return_reasons` are offered when screening returns an entry.
    """

    code: str
    version: str
    name: str
    title: str
    year: int
    number_prefix: str
    return_reasons: tuple[str, ...]
    timetable: tuple[TimetableStep, ...]
    categories: tuple[CategoryRules, ...]
    number_pattern: str = DEFAULT_NUMBER_PATTERN
    discipline_lists: tuple[DisciplineList, ...] = ()

    def title_for(self, *, year: int, region: str) -> str:
        """The contest's title for an edition of a region, e.g. 2018年甘州区青少年科技创新大赛."""
        return self.title.format(year=year, region=region)

    def categories_for(self, year: int) -> tuple[CategoryRules, ...]:
        """The categories with their dates moved to the edition of `year`."""
        return tuple(shift_years(rules, year - self.year) for rules in self.categories)


@dataclass(frozen=True)
class TemplateProblem:
    """One mistake in a template: its line (None when it is nowhere in particular) and what to do."""

    line: int | None
    message: Message

    def sentence(self) -> Message:
        """「第 42 行：…」, translatable."""
        if self.line is None:
            return self.message
        return Message.of(N_("第 %(line)s 行：%(message)s"), line=self.line, message=self.message)


class TemplateError(ValueError):
    """A template that cannot be used; `problems` are in the order of their lines."""

    def __init__(self, filename: str, problems: list[TemplateProblem]) -> None:
        super().__init__("\n".join(f"{filename} {problem.sentence()}" for problem in problems))
        self.filename = filename
        self.problems = problems


def available_templates() -> tuple[str, ...]:
    """The codes of the templates that come with the program, sorted."""
    folder = resources.files(__package__) / _FOLDER
    return tuple(sorted(item.name.removesuffix(".toml") for item in folder.iterdir() if item.name.endswith(".toml")))


def load_template(code: str) -> ContestTemplate:
    """A template that comes with the program. Raises `KeyError` when there is none of this code."""
    if code not in available_templates():
        raise KeyError(code)
    filename = f"{code}.toml"
    return parse_template(
        (resources.files(__package__) / _FOLDER / filename).read_text(encoding="utf-8"), filename=filename
    )


def parse_template(text: str, *, filename: str) -> ContestTemplate:
    """The template in a TOML text. Raises `TemplateError` with every mistake, each named by file and line."""
    try:
        data = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise TemplateError(filename, [_syntax_problem(str(error), text)]) from error
    problems: list[RuleProblem] = []
    template = decode_into(ContestTemplate, _with_listed_disciplines(data, problems), (), problems)
    if not problems:
        problems.extend(_template_problems(template))
    if problems:
        lines = line_numbers(text)
        found = [TemplateProblem(nearest_line(lines, problem.path), problem.message) for problem in problems]
        raise TemplateError(filename, sorted(found, key=lambda problem: problem.line or 0))
    assert isinstance(template, ContestTemplate)
    return template


def _with_listed_disciplines(data: dict[str, Any], problems: list[RuleProblem]) -> dict[str, Any]:
    """The data with each category's `{ list = "…" }` replaced by the list of that code."""
    lists = {one.get("code"): one for one in _tables(data.get("discipline_lists")) if isinstance(one.get("code"), str)}
    categories = data.get("categories")
    if not isinstance(categories, list):
        return data
    resolved = [_with_its_lists(one, lists, ("categories", index), problems) for index, one in enumerate(categories)]
    return {**data, "categories": resolved}


def _with_its_lists(category: Any, lists: Mapping[Any, Any], path: Path, problems: list[RuleProblem]) -> Any:
    uses = category.get("disciplines") if isinstance(category, Mapping) else None
    if not isinstance(uses, list):
        return category
    found = [_listed(use, lists, (*path, "disciplines", position), problems) for position, use in enumerate(uses)]
    return {**category, "disciplines": [one for one in found if one is not None]}


def _listed(use: Any, lists: Mapping[Any, Any], path: Path, problems: list[RuleProblem]) -> Any:
    if not isinstance(use, Mapping) or not isinstance(use.get("list"), str):
        problems.append(RuleProblem(path, Message.of(N_('请写成 { list = "学科表的代码", stage_groups = [ … ] }'))))
        return None
    for key in use:
        if key not in ("list", "stage_groups"):
            problems.append(RuleProblem((*path, key), unknown_key(key, ["list", "stage_groups"])))
    if use["list"] not in lists:
        message = Message.of(
            N_("没有代码为「%(code)s」的学科表，可用的有：%(known)s"),
            code=use["list"],
            known="、".join(str(code) for code in lists) or Message.of(N_("（无）")),
        )
        problems.append(RuleProblem((*path, "list"), message))
        return None
    return {**lists[use["list"]], "stage_groups": use.get("stage_groups", [])}


def _tables(value: Any) -> list[Mapping[str, Any]]:
    return [one for one in value if isinstance(one, Mapping)] if isinstance(value, list) else []


def _template_problems(template: ContestTemplate) -> Iterator[RuleProblem]:
    plain = encode(template)
    yield from bound_problems({key: value for key, value in plain.items() if key != "categories"})
    for index, rules in enumerate(template.categories):
        for problem in category_problems(rules):
            yield RuleProblem(("categories", index, *problem.path), problem.message)
    yield from _pattern_problems(template)
    yield from _repeated(template)
    yield from _limit_problems(template)
    if not template.categories:
        yield RuleProblem(("categories",), Message.of(N_("至少要有一个类别")))
    if not template.return_reasons:
        yield RuleProblem(("return_reasons",), Message.of(N_("至少要有一条退回原因")))
    for index, step in enumerate(template.timetable):
        if step.from_day > step.to_day:
            message = Message.of(N_("「%(name)s」的开始日晚于结束日"), name=step.name)
            yield RuleProblem(("timetable", index), message)


def pattern_problem(pattern: str) -> Message | None:
    """What is wrong with a number pattern, or None: unknown places, no running number to tell entries apart, characters
    that no file name may have, or numbers that get too long."""
    try:
        parts = list(string.Formatter().parse(pattern))
    except ValueError:
        parts = []
    places = {place for _, place, _, _ in parts if place is not None}
    if not parts or any(not _is_plain(place, spec, conversion) for _, place, spec, conversion in parts):
        return Message.of(N_("编号格式「%(pattern)s」的花括号或格式写法有误"), pattern=pattern[:100])
    strange = sorted({sign for text, *_ in parts for sign in text if not _PATTERN_SIGN.fullmatch(sign)})
    if strange:
        return Message.of(
            N_("编号格式里不能有「%(signs)s」，请只用文字、数字和 - _ . ( ) 〔 〕"), signs=" ".join(strange)[:40]
        )
    if places - _NUMBER_PLACES:
        return Message.of(
            N_("编号格式里不认识「%(place)s」，可用的有：%(known)s"),
            place="、".join(sorted(places - _NUMBER_PLACES)),
            known="prefix、year、category、stage、seq",
        )
    missing = [place for place in ("category", "stage", "seq") if place not in places]
    if missing:
        return Message.of(N_("编号格式里缺少 %(places)s，编号会重复"), places="、".join(missing))
    longest = format_number(pattern, prefix="G" * 10, year=2018, category="K" * 6, stage="X" * 4, seq=99_999)
    if len(longest) > MOST_NUMBER:
        return Message.of(
            N_("按编号格式「%(pattern)s」编出的号码会超过 %(most)s 个字符，请写短些"),
            pattern=pattern[:100],
            most=MOST_NUMBER,
        )
    return None


def _is_plain(place: str | None, spec: str | None, conversion: str | None) -> bool:
    """Whether a place is written as {name}, or the running number as {seq:04d} with at most eight digits."""
    if conversion is not None:
        return False
    return not spec or (place == "seq" and re.fullmatch(r"(0[1-8])?d?", spec) is not None)


def _pattern_problems(template: ContestTemplate) -> Iterator[RuleProblem]:
    number = pattern_problem(template.number_pattern)
    if number:
        yield RuleProblem(("number_pattern",), number)
    if not _PREFIX.fullmatch(template.number_prefix):
        message = Message.of(N_("编号字头「%(prefix)s」应为 1 至 10 个字母或数字"), prefix=template.number_prefix[:40])
        yield RuleProblem(("number_prefix",), message)
    try:
        places = {place for _, place, _, _ in string.Formatter().parse(template.title) if place is not None}
    except ValueError:
        places = {template.title}
    if places - _TITLE_PLACES:
        yield RuleProblem(("title",), Message.of(N_("赛事名称里的花括号只能是 {year} 和 {region}")))


def _repeated(template: ContestTemplate) -> Iterator[RuleProblem]:
    for table, key in (
        ("categories", "code"),
        ("categories", "number_code"),
        ("categories", "name"),
        ("timetable", "code"),
        ("discipline_lists", "code"),
    ):
        seen: set[str] = set()
        for index, item in enumerate(getattr(template, table)):
            value = getattr(item, key)
            if value in seen:
                message = Message.of(N_("「%(key)s」的值「%(value)s」用了两次，每项要不同"), key=key, value=value)
                yield RuleProblem((table, index, key), message)
            seen.add(value)


def _limit_problems(template: ContestTemplate) -> Iterator[RuleProblem]:
    """Categories that share a limit's key must mean the same limit by it."""
    first: dict[str, Any] = {}
    for index, rules in enumerate(template.categories):
        for position, limit in enumerate(rules.limits):
            if first.setdefault(limit.key, limit) != limit:
                message = Message.of(N_("限报规则「%(key)s」在各类别中写得不一致，请改成相同的内容"), key=limit.key)
                yield RuleProblem(("categories", index, "limits", position), message)


_PLACE = re.compile(r"\(at (?:line (\d+), column (\d+)|end of document)\)")
_SYNTAX = (
    ("Cannot overwrite a value", N_("同一个键写了两次，请删去一处")),
    ("Cannot declare", N_("同一个表头写了两次，请删去一处")),
    ("Cannot mutate immutable", N_("这个键已经写成内联形式，不能再在别处补充")),
    ("Expected '=' after a key", N_("键的后面缺少等号")),
    ("Invalid value", N_("值写得不对；文字请加引号，列表用方括号")),
    ("Unclosed array", N_("列表缺少右方括号或逗号")),
    ("Unclosed inline table", N_("内联表缺少右花括号或逗号")),
    ("Unterminated string", N_("文字缺少右引号")),
    ("Illegal character", N_("文字缺少右引号，或含有不能用的字符")),
    ("Expected ']' at the end of a table", N_("表头缺少右方括号")),
    ("Expected newline or end of document", N_("值的后面有多余的内容，请换行或删去")),
    ("Invalid statement", N_("这一行既不是「键 = 值」也不是表头")),
)


def _syntax_problem(error: str, text: str) -> TemplateProblem:
    place = _PLACE.search(error)
    line = int(place[1]) if place and place[1] else text.count("\n") + 1
    for start, meaning in _SYNTAX:
        if error.startswith(start):
            return TemplateProblem(line, Message.of(N_("TOML 写法有误：%(meaning)s"), meaning=Message.of(meaning)))
    return TemplateProblem(line, Message.of(N_("TOML 写法有误（%(error)s），请检查这一行"), error=error))
