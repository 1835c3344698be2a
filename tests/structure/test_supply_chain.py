"""What comes from elsewhere is known: the bill of materials holds all of it, under licences that we know; and no secret
goes out with the files."""

from __future__ import annotations

import importlib.util
import json
import re
from pathlib import Path
from typing import Any

import pytest

from tests.structure.test_project_files import ROOT, lines_of, locked_names, tracked_files

KNOWN_LICENCES = re.compile(
    r"(?:0BSD|AND|Apache|Apache-2\.0|BSD|BSD-[23]-Clause|BlueOak-1\.0\.0|CC0-1\.0|Domain|Dual|ISC|License|Licence|License,|MIT|MIT-0"
    r"|MIT-CMU|MPL-2\.0|OFL-1\.1|OR|PSF-2\.0|Python|Software|Foundation|Version|2\.0|2\.1|ZPL|Zlib|Zope|Public|dependency|licenses"
    r"|BSD-3-Clause,|Apache-2\.0,|LGPL-3\.0-only|WITH|LLVM-exception)"
)
"""Words of licences under which what we install may be used and passed on. LGPL: psycopg alone, used as a library."""
LGPL = {"psycopg", "psycopg-binary"}
NO_WORD = {"combine-errors"}
"""Whose package says nothing of its licence; its repository says MIT."""

SECRETS = {
    "a private key": re.compile(r"-----BEGIN (?:[A-Z]+ )*PRIVATE KEY-----"),
    "a key of AWS": re.compile(r"\b(?:AKIA|ASIA)[0-9A-Z]{16}\b"),
    "a key of Alibaba Cloud": re.compile(r"\bLTAI[0-9A-Za-z]{12,20}\b"),
    "a key of Tencent Cloud": re.compile(r"\bAKID[0-9A-Za-z]{32}\b"),
    "a token of GitHub": re.compile(r"\bgh[opsur]_[0-9A-Za-z]{36}|\bgithub_pat_\w{50,}"),
    "a token of Slack": re.compile(r"\bxox[abprs]-[0-9A-Za-z-]{10,}"),
    "a token": re.compile(r"\beyJ[0-9A-Za-z_-]{10,}\.eyJ[0-9A-Za-z_-]{10,}\."),
    "a password in an address": re.compile(
        r"\b[a-z][a-z0-9+]+://[^\s/:@'\"`{}$<>]+:(?!PASSWORD|password)[^\s/:@'\"`{}$<>]{3,}@"
    ),
    "a key of 32 bytes": re.compile(
        r"\b(?:secret|key|token|passw)\w*['\"]?\s*[:=]\s*['\"][0-9a-fA-F]{64}['\"]", re.IGNORECASE
    ),
}
MADE_UP = re.compile(r"^(?:tests|benchmarks)/")
"""Tests hold made-up addresses with made-up passwords; what is found there must be a real key to count."""


@pytest.fixture(scope="module")
def bill() -> dict[str, dict[str, Any]]:
    """The components of the bill as the program of `make sbom` makes it, by package URL."""
    spec = importlib.util.spec_from_file_location("sbom", ROOT / "requirements" / "sbom.py")
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    folder = Path(ROOT / "build")
    folder.mkdir(exist_ok=True)
    module.main(str(folder / "sbom.cdx.json"))
    told = json.loads((folder / "sbom.cdx.json").read_text("utf-8"))
    assert (told["bomFormat"], told["specVersion"], told["metadata"]["component"]["name"]) == (
        "CycloneDX",
        "1.6",
        "contest-portal",
    )
    return {one["purl"]: one for one in told["components"]}


def test_the_bill_holds_what_the_locks_hold(bill: dict[str, dict[str, Any]]) -> None:
    python = {purl.removeprefix("pkg:pypi/").partition("@")[0] for purl in bill if purl.startswith("pkg:pypi/")}
    assert python == locked_names("server.txt")
    packages = json.loads((ROOT / "frontend" / "package-lock.json").read_text("utf-8"))["packages"]
    pages = {(place.rpartition("node_modules/")[2], facts["version"]) for place, facts in packages.items() if place}
    npm = {
        (f"{one['group']}/{one['name']}" if "group" in one else one["name"], one["version"])
        for purl, one in bill.items()
        if purl.startswith("pkg:npm/")
    }
    assert npm == pages


def test_every_component_has_its_hashes(bill: dict[str, dict[str, Any]]) -> None:
    assert [purl for purl, one in bill.items() if not one.get("hashes")] == []


def test_every_licence_is_one_that_we_know(bill: dict[str, dict[str, Any]]) -> None:
    unknown = {}
    for purl, one in bill.items():
        words = " ".join(
            part.get("expression") or part["license"].get("id") or part["license"]["name"]
            for part in one.get("licenses", [])
        )
        is_known = all(KNOWN_LICENCES.fullmatch(word) for word in re.sub(r"[()]", " ", words).split())
        if (not words and one["name"] not in NO_WORD and "properties" not in one) or not is_known:
            unknown[purl] = words
        if "LGPL" in words:
            assert one["name"] in LGPL
    assert unknown == {}, "Look at the licence; if it may be passed on with the program, name it here"


def test_no_tracked_file_holds_a_secret() -> None:
    found = [
        f"{path.relative_to(ROOT)}:{number}: {what}"
        for path in tracked_files()
        if path.suffix not in {".txt", ".lock", ".po", ".svg"}
        for number, line in enumerate(lines_of(path), start=1)
        for what, pattern in SECRETS.items()
        if pattern.search(line)
        and not (
            MADE_UP.match(str(path.relative_to(ROOT))) and what in {"a password in an address", "a key of 32 bytes"}
        )
    ]
    assert found == [], "Take it out, and change it wherever it opens something: it stands in the history"


@pytest.mark.parametrize(
    "line",
    [
        "-----BEGIN " + "EC PRIVATE KEY-----",
        "key = '" + "AKIA" + "ABCDEFGHIJKLMNOP'",
        "url = 'postgresql://contest:" + "hunter2@db/contest'",
        "SECRET_KEY = '" + "0123456789abcdef" * 4 + "'",
        "token: gh" + "p_" + "a1" * 18,
    ],
)
def test_a_secret_would_be_found(line: str) -> None:
    assert any(pattern.search(line) for pattern in SECRETS.values())


def test_every_finding_of_the_security_rules_that_is_let_pass_says_why() -> None:
    """`# noqa: S…` beside a line: the reason stands after it, or in the comment above it."""
    silent = []
    for path in sorted((ROOT / "contest_portal").rglob("*.py")):
        lines = lines_of(path)
        for number, line in enumerate(lines, start=1):
            found = re.search(r"# noqa: (?:[A-Z]+\d+, ?)*S\d+(?:, ?[A-Z]+\d+)*(.*)$", line)
            if found and len(found[1].strip(" -–—")) < 8 and not lines[number - 2].strip().startswith("#"):
                silent.append(f"{path.relative_to(ROOT)}:{number}: {line.strip()[:100]}")
    assert silent == []
