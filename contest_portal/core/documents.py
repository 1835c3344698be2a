"""JSON documents that people write by hand: read with every mistake named by its place."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

from contest_portal.core.errors import Invalid
from contest_portal.core.text import N_, Message

_CODE = "core.wrong_document"
_AS_GOOD_AS_INFINITE = 10**9  # what arrays of whole numbers still hold


def document_text(path: Path) -> str:
    """The text of the file, or of standard input for “-”. Raises Invalid when it is not UTF-8."""
    raw = sys.stdin.buffer.read() if str(path) == "-" else path.read_bytes()
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise wrong(N_("文件不是 UTF-8 编码：第 %(byte)s 个字节处有误。"), byte=error.start + 1) from error


def parsed(text: str) -> Any:
    """The document. Raises Invalid for what is no JSON, or names a field of one object twice."""
    try:
        return json.loads(text, object_pairs_hook=_each_field_once)
    except json.JSONDecodeError as error:
        words = N_("不是有效的 JSON：第 %(line)s 行第 %(column)s 个字符处有误，请检查引号、逗号和括号。")
        raise wrong(words, line=error.lineno, column=error.colno) from error
    except ValueError as error:
        raise wrong(N_("不是有效的 JSON：有一个数长得读不了，请检查各个数字。")) from error
    except RecursionError as error:
        raise wrong(N_("JSON 的括号层数太多，不是这里要的文件。")) from error


def list_at(data: dict[str, Any], field: str, place: str = "") -> list[Any]:
    """The array under the field; empty when the field is missing."""
    value = data.get(field)
    if value is None:
        return []
    if not isinstance(value, list):
        raise at(place or field, N_("应是数组 […]"))
    return value


def an_object(value: Any, place: str) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise at(place, N_("应是对象 {…}"))
    return value


def identifier(value: Any, place: str) -> str | int:
    """Text or a whole number."""
    if value is None or value == "":
        raise at(place, N_("缺少编号"))
    if isinstance(value, bool) or not isinstance(value, (str, int)):
        raise at(place, N_("编号应是文字或整数，现为 %(value)s"), value=shown(value))
    return value


def key(value: Any, place: str) -> str | None:
    """Text, or a whole number as text; None when there is none."""
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, (str, int)):
        raise at(place, N_("应是文字或整数，现为 %(value)s"), value=shown(value))
    return str(value).strip() or None


def whole_number(value: Any, place: str, *, least: int) -> int:
    """A whole number that is not below `least`; 3.0 is one."""
    number = int(value) if isinstance(value, float) and value.is_integer() else value
    if isinstance(number, bool) or not isinstance(number, int) or number < least:
        raise at(place, N_("应是不小于 %(least)s 的整数，现为 %(value)s"), least=least, value=shown(value))
    return min(number, _AS_GOOD_AS_INFINITE)


def share(value: Any, place: str) -> float:
    """A number from 0 to 1."""
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not 0 <= value <= 1:
        raise at(place, N_("应是 0 到 1 之间的数，现为 %(value)s"), value=shown(value))
    return float(value)


def at(place: str, words: str, **values: Any) -> Invalid:
    """What is wrong at a place of the document."""
    return Invalid(_CODE, Message.of(N_("%(place)s：%(what)s。"), place=place, what=Message(words, values)))


def wrong(words: str, **values: Any) -> Invalid:
    """What is wrong with the document."""
    return Invalid(_CODE, Message(words, values))


def shown(value: Any) -> str:
    """The beginning of a value as the document has it."""
    return json.dumps(value, ensure_ascii=False)[:40]


def _each_field_once(fields: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(fields)
    if len(found) != len(fields):
        names = [name for name, _ in fields]
        twice = next(name for name in names if names.count(name) > 1)
        raise wrong(N_("同一个对象中字段 %(name)s 写了两次。"), name=twice)
    return found
