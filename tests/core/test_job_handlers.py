"""Every job that the program can ask for is known to whoever works: nothing waits for ever."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

KNOWN = """
import importlib, json, pkgutil, sys
import contest_portal
from contest_portal.settings import read_settings
contest_portal.create_app(read_settings(instance=sys.argv[1]))
from contest_portal.core.jobs import HANDLERS
known = sorted(HANDLERS)
for module in pkgutil.walk_packages(contest_portal.__path__, "contest_portal."):
    if not module.name.startswith(("contest_portal.__main__", "contest_portal.media.sandbox")):
        importlib.import_module(module.name)
print(json.dumps([known, sorted(HANDLERS)]))
"""


def test_an_application_knows_every_job_of_the_program(tmp_path: Path) -> None:
    # A process of its own: here the tests have imported more than an application does.
    done = subprocess.run(
        [sys.executable, "-c", KNOWN, str(tmp_path)], capture_output=True, check=True, encoding="utf-8"
    )
    known, of_all_modules = json.loads(done.stdout)
    assert "core.send_messages" in of_all_modules
    assert known == of_all_modules
