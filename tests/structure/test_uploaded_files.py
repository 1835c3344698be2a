"""What somebody has uploaded goes to browsers by one way (core/uploaded.py): a safe type, a sandbox, files' own address."""

from __future__ import annotations

import ast
from pathlib import Path

ROOT = Path(__file__).parents[2] / "contest_portal"
READING = frozenset({"send_content", "open_sealed", "open", "local_copy"})
"""The functions by which stored bytes are got; the last two of `storage()`."""

SENDS = {
    "core/uploaded.py": "the one way",
    "core/sending.py": "what it is made of: ranges",
    "core/sealed_files.py": "what it is made of: opening",
    "media/serving.py": "pictures and films that this program made of an upload",
    "results/certificates/views/issuing.py": "certificates and their ZIP, made here",
    "results/handoff/views/single.py": "the package to the office above, made here, to be saved",
}
"""Who sends stored bytes to a browser, and why it need not be by that way."""

READS = {
    "core": "storage itself, backups, keys, checks",
    "media": "probing and previews, in processes of their own",
    "contests/services/attachments.py": "an attachment is looked at when it comes in",
    "entries/services/batch_sources.py": "a ZIP of paintings is opened",
    "entries/services/masks.py": "a copy with names covered is made",
    "entries/services/name_traces.py": "names are looked for",
    "results/certificates/letters.py": "a seal is drawn into a certificate",
    "results/certificates/services": "certificates, made here, and pictures of their templates, drawn into them",
    "results/handoff/commands/packages.py": "a package is written to a folder by the console",
    "results/handoff/services": "packages are packed and opened",
    "people/privacy/copying.py": "a copy for the person: a ZIP to be saved",
    "people/services/rosters.py": "an uploaded roster is read, or given back as a workbook to be saved",
    "people/views/consents.py": "of what kind a scan is; it is sent by the one way",
    "people/views/school_import.py": "an uploaded table of schools is read",
}
"""Who else reads stored bytes; none of them answers a browser with them as they came."""


def calls_in(path: Path) -> set[str]:
    calls = [node.func for node in ast.walk(ast.parse(path.read_text("utf-8"))) if isinstance(node, ast.Call)]
    named = {one.id for one in calls if isinstance(one, ast.Name)} - {"open"}
    of_storage = {
        one.attr
        for one in calls
        if isinstance(one, ast.Attribute)
        and isinstance(one.value, ast.Call)
        and getattr(one.value.func, "id", "") == "storage"
    }
    return (named | of_storage) & READING


def test_stored_bytes_are_sent_and_read_by_those_who_are_named_here() -> None:
    unknown = [
        f"{place}: {', '.join(sorted(found))}"
        for path in sorted(ROOT.rglob("*.py"))
        if (found := calls_in(path))
        for place in [path.relative_to(ROOT).as_posix()]
        if place not in SENDS and not any(place == one or place.startswith(f"{one}/") for one in READS)
    ]
    assert not unknown, (
        f"{unknown}: send what was uploaded by core.uploaded.send_uploaded; if it was made here, or is only read, say so "
        "in this file"
    )


def test_views_that_send_uploads_name_no_policy_of_their_own() -> None:
    own = [
        path.relative_to(ROOT).as_posix()
        for path in sorted(ROOT.rglob("*.py"))
        if "views" in path.parts and "Content-Security-Policy" in path.read_text("utf-8")
    ]
    assert not own, f"{own}: the policy of uploaded files stands in core/uploaded.py"
