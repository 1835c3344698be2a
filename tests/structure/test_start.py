"""What a server process loads before the first page: the heavy readers of pictures and films are none of it."""

from __future__ import annotations

import subprocess
import sys

HEAVY = ("cv2", "av", "pypdfium2", "openpyxl")
"""cv2 alone takes some 60 MB of every process; pictures are read and compared by jobs and commands."""


def test_the_application_starts_without_the_readers_of_pictures_and_films(tmp_path) -> None:
    script = (
        "import sys; from contest_portal import create_app; from contest_portal.settings import read_settings;"
        "create_app(read_settings(instance=sys.argv[1])); print(*sorted({n.split('.')[0] for n in sys.modules}))"
    )
    started = subprocess.run(
        [sys.executable, "-c", script, str(tmp_path)], capture_output=True, text=True, check=True, timeout=120
    )
    loaded = set(started.stdout.split())
    assert "flask" in loaded
    assert not loaded & set(HEAVY), "Import it where it is used, inside the function."
