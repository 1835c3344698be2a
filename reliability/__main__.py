"""`python -m reliability [FAULT…]`: break the program as machines do. `python -m reliability report` writes the page."""

from __future__ import annotations

import argparse
import sys
import tempfile
from importlib import import_module
from pathlib import Path

from reliability.options import Options
from tests.compiled_once import compiling_once

FAULTS = ("kill", "database", "disk", "redis", "s3", "clock", "migration")


def main(arguments: list[str]) -> int:
    """Break, print, keep what was found under build/reliability. Gives 1 where something was missing, half or unreadable."""
    asked = _parser().parse_args(arguments)
    if asked.faults == ["report"]:
        from reliability.report import write

        write()
        return 0
    faults = FAULTS if "all" in asked.faults else asked.faults
    good = True
    with compiling_once(), tempfile.TemporaryDirectory(prefix="reliability-") as folder:
        for fault in faults:
            print(f"{fault} …", flush=True)
            for outcome in import_module(f"reliability.faults.{fault}").run(_options(asked, Path(folder), arguments)):
                outcome.write()
                good = good and outcome.is_good
                print("\n".join(outcome.lines()), flush=True)
    return 0 if good else 1


def _options(asked: argparse.Namespace, folder: Path, arguments: list[str]) -> Options:
    numbers = {name: value for name, value in vars(asked).items() if name != "faults" and value is not None}
    return Options(folder, command=" ".join(["python -m reliability", *arguments]), **numbers)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m reliability", description=__doc__)
    parser.add_argument("faults", nargs="*", choices=(*FAULTS, "all", "report"), default=["all"])
    for name in ("kills", "restarts", "fillings", "steps", "interruptions", "teachers"):
        parser.add_argument(f"--{name}", type=int)
    parser.add_argument("--away-seconds", type=float)
    parser.add_argument("--minutes", type=float)
    parser.add_argument("--databases", nargs="+", choices=("sqlite", "postgresql"))
    return parser


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
