"""Simulations run in processes of their own: contests are drawn side by side, and pages are answered meanwhile.

Each process has one thread of linear algebra: the matrices are small, more threads would only wait for each other.
`python -m contest_portal.judging.simulation_process` reads one task as JSON and prints a line for each contest drawn.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict
from threading import Lock
from typing import Any

from contest_portal.judging.ranking import Method
from contest_portal.judging.simulation import Design, Panels, Replicate, replicate

_THREADS = dict.fromkeys(("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"), "1")
PROCESSES = 2


class SimulationFailedError(RuntimeError):
    """A process ended before its contests were drawn."""


def run(
    designs: Sequence[Design],
    replicates: int,
    seed: int,
    *,
    processes: int = PROCESSES,
    progress: Callable[[float], object] = float,
) -> list[list[Replicate]]:
    """For each design its contests 0 … replicates-1 of `seed`, the same however many processes draw them.

    `progress` is called with the share done, from several threads but never at once.
    """
    drawn: dict[tuple[int, int], Replicate] = {}
    whole, lock = len(designs) * replicates, Lock()

    def keep(place: int, number: int, one: Replicate) -> None:
        with lock:
            drawn[place, number] = one
            progress(len(drawn) / whole)

    shares = [list(range(start, replicates, processes)) for start in range(min(processes, replicates))]
    with ThreadPoolExecutor(len(shares)) as pool:
        for done in [pool.submit(_one_process, designs, numbers, seed, keep) for numbers in shares]:
            done.result()
    return [[drawn[place, number] for number in range(replicates)] for place in range(len(designs))]


def _one_process(
    designs: Sequence[Design], numbers: Sequence[int], seed: int, keep: Callable[[int, int, Replicate], None]
) -> None:
    task = {"designs": [asdict(one) for one in designs], "numbers": numbers, "seed": seed}
    with subprocess.Popen(
        [sys.executable, "-m", "contest_portal.judging.simulation_process"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        env=os.environ | _THREADS,
    ) as process:
        try:
            assert process.stdin is not None
            assert process.stdout is not None
            process.stdin.write(json.dumps(task))
            process.stdin.close()
            for line in process.stdout:
                place, number, values = json.loads(line)
                keep(place, number, Replicate(**values))
        except BaseException:
            process.kill()
            raise
    if process.returncode:
        raise SimulationFailedError(f"a process of the simulation ended with {process.returncode}")


def design_from(data: dict[str, Any]) -> Design:
    """The design that `asdict` gave."""
    methods = tuple(Method(one) for one in data["methods"])
    return Design(**{**data, "panels": Panels(data["panels"]), "methods": methods})


def main() -> None:
    """One task from standard input, a line a contest to standard output."""
    task = json.load(sys.stdin)
    designs = [design_from(one) for one in task["designs"]]
    for number in task["numbers"]:
        for place, design in enumerate(designs):
            line = json.dumps([place, number, asdict(replicate(design, task["seed"], number))])
            sys.stdout.write(f"{line}\n")
            sys.stdout.flush()


if __name__ == "__main__":
    main()
