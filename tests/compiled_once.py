"""What each application compiles anew, to what is the same every time: the site's addresses, its templates, and the
statements to its database. A test has an application and an engine of its own, and would spend a third of its time on
this. Here it is done once in a process."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from types import CodeType
from typing import Any

import pytest
from flask import Flask
from jinja2 import BytecodeCache
from jinja2.bccache import Bucket
from sqlalchemy.engine import Engine
from sqlalchemy.util import LRUCache
from werkzeug.routing import Rule

COMPILED = ("_parts", "_trace", "_converters")
MOST_STATEMENTS = 4000


@contextmanager
def compiling_once() -> Iterator[None]:
    """Until the block ends, what was compiled for one application serves the next one too."""
    with pytest.MonkeyPatch.context() as patch:
        _addresses_once(patch)
        _statements_once(patch)
        patch.setattr(Flask, "jinja_options", {**Flask.jinja_options, "bytecode_cache": Templates()})
        yield


class Templates(BytecodeCache):
    """Compiled templates, by their file and what stands in it."""

    def __init__(self) -> None:
        self.codes: dict[tuple[str, str], CodeType] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        bucket.code = self.codes.get((bucket.key, bucket.checksum))

    def dump_bytecode(self, bucket: Bucket) -> None:
        if bucket.code is not None:
            self.codes[bucket.key, bucket.checksum] = bucket.code


class Statements:
    """SQLAlchemy's cache of compiled statements, for all engines of one kind: in place of the engine's own dialect,
    the key holds the dialect's class."""

    def __init__(self) -> None:
        self.compiled: LRUCache[Any, Any] = LRUCache(MOST_STATEMENTS)

    def get(self, key: tuple[Any, ...]) -> Any:
        return self.compiled.get((type(key[0]), *key[1:]))

    def __setitem__(self, key: tuple[Any, ...], compiled: Any) -> None:
        self.compiled[(type(key[0]), *key[1:])] = compiled


def _statements_once(patch: pytest.MonkeyPatch) -> None:
    statements = Statements()
    shared = property(lambda _engine: statements, lambda _engine, _own: None)
    patch.setattr(Engine, "_compiled_cache", shared, raising=False)


def _addresses_once(patch: pytest.MonkeyPatch) -> None:
    compile_anew = Rule.compile
    compiled: dict[object, dict[str, Any]] = {}

    def compile_once(rule: Rule) -> None:
        if rule.defaults or rule.subdomain or rule.map.host_matching:
            compile_anew(rule)
            return
        key = (rule.rule, rule.merge_slashes, tuple(rule.map.converters.items()))
        known = compiled.get(key)
        if known is None:
            compile_anew(rule)
            builders = {name: getattr(rule, name).__func__ for name in ("_build", "_build_unknown")}
            compiled[key] = {name: getattr(rule, name) for name in COMPILED} | {
                "arguments": set(rule.arguments), "builders": builders,
            }  # fmt: skip
            return
        for name in COMPILED:
            setattr(rule, name, known[name])
        rule.arguments = rule.arguments | known["arguments"]
        for name, function in known["builders"].items():
            setattr(rule, name, function.__get__(rule, None))

    patch.setattr(Rule, "compile", compile_once)
