"""Each application compiles the site's 320 addresses anew, to functions that are alike: most of what making one takes.
Here it is done once in a process."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest
from werkzeug.routing import Rule

Builder = Callable[..., tuple[str, str]]


@contextmanager
def compiling_addresses_once() -> Iterator[None]:
    """Until the block ends, an address that was compiled for one application serves the next one too."""
    compile_anew = Rule._compile_builder
    compiled: dict[object, Builder] = {}

    def compile_once(rule: Rule, append_unknown: bool = True) -> Builder:
        if rule.defaults:  # written into the function by the rule's own converters
            return compile_anew(rule, append_unknown)
        key = (*rule._trace, append_unknown)
        if key not in compiled:
            compiled[key] = compile_anew(rule, append_unknown)
        return compiled[key]

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Rule, "_compile_builder", compile_once)
        yield
