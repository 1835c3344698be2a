"""Each application reads and compiles the site's 380 addresses anew, to what is the same every time: most of what making
one takes. Here it is done once in a process."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from werkzeug.routing import Rule

COMPILED = ("_parts", "_trace", "_converters")


@contextmanager
def compiling_addresses_once() -> Iterator[None]:
    """Until the block ends, an address that was compiled for one application serves the next one too."""
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

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Rule, "compile", compile_once)
        yield
