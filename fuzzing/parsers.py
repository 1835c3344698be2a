"""Good files with something changed, given to each reader as the program gives them: refused in words, or read.

What is found: an error that is none of the reader's own, a reader's process that broke, or one that took too long.
"""

from __future__ import annotations

import itertools
import random
import time
from contextlib import ExitStack
from pathlib import Path

from fuzzing.findings import BrokenReader, Findings, signature_of, story_of
from fuzzing.mutation import changed, changed_inside
from fuzzing.readers import Parser, parsers

SLOW_SECONDS = 10.0


def try_parsers(folder: Path, seconds: float, seed: int, only: str = "") -> Findings:
    """Each reader for that long. Says how many files each was given; a file that shows a fault stays where it is told."""
    findings = Findings()
    with ExitStack() as stack:
        for name, parser in parsers(folder, stack).items():
            if only in {"", name}:
                count, refused = _try(name, parser, findings, seconds, random.Random(seed))
                print(
                    f"{name}: {count} changed files, {refused} refused, faults so far {len(findings.counts)}",
                    flush=True,
                )
    return findings


def _try(name: str, parser: Parser, findings: Findings, seconds: float, chance: random.Random) -> tuple[int, int]:
    ends, refused = time.monotonic() + seconds, 0
    for number in itertools.count():
        content = parser.samples[number % len(parser.samples)]
        if number >= len(parser.samples):  # the samples themselves first
            within = changed_inside(content, chance, parser.samples) if chance.random() < 0.7 else None
            content = within or changed(content, chance, parser.samples)
        began = time.thread_time()
        try:
            parser.read(content)
        except parser.answers:
            refused += 1
        except Exception as error:  # noqa: BLE001 - whatever else comes is a fault
            _tell(findings, name, error, content)
        if time.thread_time() - began > SLOW_SECONDS:
            _tell(findings, name, BrokenReader("slow"), content)
        if time.monotonic() > ends:
            return number + 1, refused
    raise AssertionError


def _tell(findings: Findings, name: str, error: Exception, content: bytes) -> None:
    signature = f"{name}: {error}" if isinstance(error, BrokenReader) else f"{name}: {signature_of(error)}"
    if signature not in findings.first:
        kept = Path.cwd() / f"fuzzing-{name}-{len(findings.first)}.bin"
        kept.write_bytes(content)
        findings.add(signature, f"{kept}\n{story_of(error)}")
    else:
        findings.add(signature, "")
