"""A deployment looked over: what is wrong, why that matters, what to do. Rooms add what they know in their `looks.py`."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from importlib import import_module
from importlib.util import find_spec
from typing import Literal

from flask import Flask
from sqlalchemy.exc import SQLAlchemyError

from contest_portal.core.database import db
from contest_portal.core.errors import DomainError

Level = Literal["ok", "warn", "bad"]
MARKS: dict[Level, str] = {"ok": "✓", "warn": "！", "bad": "✗"}


@dataclass(frozen=True)
class Finding:
    """`code` names what was looked at, for machines; `text` says how it stands, `advice` what to do."""

    code: str
    level: Level
    text: str
    advice: str = ""


Look = Callable[[Flask], Iterator[Finding]]
_looks: list[tuple[str, Look]] = []


def look(code: str) -> Callable[[Look], Look]:
    """Register a function that looks at one thing and yields what it finds; it changes nothing that stays."""

    def register(function: Look) -> Look:
        _looks.append((code, function))
        return function

    return register


def look_over(app: Flask, rooms: tuple[str, ...]) -> list[Finding]:
    """Everything that the looks of core and of `rooms` find, in their order. One that fails is itself a finding."""
    for room in rooms:
        if find_spec(f"contest_portal.{room}.looks") is not None:
            import_module(f"contest_portal.{room}.looks")
    return [finding for code, function in _looks for finding in _found(app, code, function)]


def _found(app: Flask, code: str, function: Look) -> list[Finding]:
    db.session.rollback()
    try:
        return list(function(app))
    except DomainError as error:
        return [Finding(code, "bad", str(error.message))]
    except (SQLAlchemyError, OSError) as failure:
        text = f"没有能够检查：{type(failure).__name__}。"
        return [Finding(code, "bad", text, "请先处理上面的问题，再检查一次。")]
    finally:
        db.session.rollback()
