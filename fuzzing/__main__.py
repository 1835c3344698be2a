"""`python -m fuzzing pages|parsers [--seconds N] [--requests N] [--seed S] [--demo FOLDER]`; 1 when a fault was found."""

from __future__ import annotations

import argparse
import gc
import tempfile
import time
from pathlib import Path


def main() -> int:
    """Try, say what was tried and what was found."""
    parser = argparse.ArgumentParser(prog="python -m fuzzing")
    parser.add_argument("what", choices=("pages", "parsers"))
    parser.add_argument("--seconds", type=float, default=600, help="of each parser, or of the pages altogether")
    parser.add_argument("--requests", type=int, default=50_000)
    parser.add_argument("--seed", type=int, default=2018)
    parser.add_argument("--only", default="", help="the one parser to try")
    parser.add_argument("--demo", type=Path, help="an instance folder with a demo; without it a small one is built")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="contest-portal-fuzzing-") as folder:
        began = time.monotonic()
        if given.what == "parsers":
            from fuzzing.parsers import try_parsers

            found = try_parsers(Path(folder), given.seconds, given.seed, given.only)
        else:
            from fuzzing.pages import Walk
            from fuzzing.site import Site, build_demo

            if given.demo is None:
                build_demo(Path(folder) / "demo")
            walk = Walk(Site(given.demo or Path(folder) / "demo", Path(folder)), given.seed)
            gc.freeze()  # the program itself stays: it need not be looked through again and again
            walk.run(given.requests, given.seconds)
            found = walk.findings
            print(
                f"{walk.requests} requests, statuses {dict(sorted(walk.statuses.items()))}, refused sign-ins {walk.refused_sign_ins}, "
                f"slowest {walk.slowest[0]:.1f} s: {walk.slowest[1]}"
            )
        print(f"{time.monotonic() - began:.0f} s, {len(found.counts)} faults")
        for signature, count in found.counts.most_common():
            print(f"  {count:6} {signature}")
    return 1 if found else 0


if __name__ == "__main__":
    raise SystemExit(main())
