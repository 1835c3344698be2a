"""What may stand in the project's files: no registry's address, no path of one machine, locks that are whole."""

from __future__ import annotations

import json
import re
import subprocess
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]

# Written in two halves, so that this file does not name them either.
REGISTRY_HOSTS = [
    ".".join(parts)
    for parts in [
        ("pypi", "org"),
        ("pythonhosted", "org"),
        ("npmjs", "org"),
        ("npmjs", "com"),
        ("npmmirror", "com"),
        ("yarnpkg", "com"),
        ("debian", "org"),
        ("mirrors.aliyun", "com"),
        ("tuna.tsinghua", "edu.cn"),
        ("jsdelivr", "net"),
        ("unpkg", "com"),
    ]
]
MACHINE_PATH = re.compile(r"(?<![\w.~$}/-])/(?:work|root|home/[a-z]\w*|Users/\w+)/[\w.]")


def tracked_files() -> list[Path]:
    """The text files that git knows or would add; without git (an unpacked source archive) nothing can be said."""
    listing = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"],
        cwd=ROOT, capture_output=True, text=True, check=False,
    )  # fmt: skip
    if listing.returncode != 0:
        pytest.skip("not a git checkout")
    return [ROOT / name for name in listing.stdout.split("\0") if name and (ROOT / name).is_file()]


def lines_of(path: Path) -> list[str]:
    content = path.read_bytes()
    return [] if b"\0" in content else content.decode("utf-8", "replace").splitlines()


def lines_with(pattern: re.Pattern[str]) -> list[str]:
    return [
        f"{path.relative_to(ROOT)}:{number}: {line.strip()[:120]}"
        for path in tracked_files()
        for number, line in enumerate(lines_of(path), start=1)
        if pattern.search(line)
    ]


def test_no_file_names_a_package_registry() -> None:
    found = lines_with(re.compile("|".join(re.escape(host) for host in REGISTRY_HOSTS)))
    assert not found, "Remove the address; clients know their registry by themselves:\n" + "\n".join(found)


def test_no_file_holds_a_path_of_one_machine() -> None:
    found = lines_with(MACHINE_PATH)
    assert not found, "Write a path relative to the project or to a setting:\n" + "\n".join(found)


def test_no_file_is_left_for_later() -> None:
    found = lines_with(re.compile(r"(?:#|//|/\*|\{#|<!--)\s*" + "(?:TO" + "DO|FIX" + "ME|XXX)"))
    assert not found, "Do it, or file an issue:\n" + "\n".join(found)


@pytest.mark.parametrize("name", ["runtime.txt", "server.txt", "test.txt", "bench.txt", "build.txt"])
def test_every_locked_package_has_hashes_and_no_address(name: str) -> None:
    text = (ROOT / "requirements" / name).read_text(encoding="utf-8")
    assert "://" not in text
    requirements = re.findall(r"^[a-z0-9][^\n]*==[^\n]*(?:\n[ \t]+[^\n]*)*", text, flags=re.MULTILINE)
    assert requirements
    assert [entry.split("\n")[0] for entry in requirements if "--hash=sha256:" not in entry] == []


def test_the_npm_lock_records_integrity_and_no_address() -> None:
    packages = json.loads((ROOT / "frontend" / "package-lock.json").read_text(encoding="utf-8"))["packages"]
    locked = {name: facts for name, facts in packages.items() if name}
    assert locked
    assert [name for name, facts in locked.items() if "resolved" in facts or "integrity" not in facts] == []


def normal(requirement: str) -> str:
    """The name of a requirement as locks write it: `Flask_WTF[x]>=1` is `flask-wtf`."""
    return re.sub(r"[-_.]+", "-", re.split(r"[\[<>=!~; ]", requirement, maxsplit=1)[0]).lower()


def locked_names(name: str) -> set[str]:
    text = (ROOT / "requirements" / name).read_text(encoding="utf-8")
    return set(re.findall(r"^([a-z0-9][a-z0-9.-]*)==", text, flags=re.MULTILINE))


def test_the_locks_hold_everything_that_pyproject_asks_for() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    runtime = {normal(item) for item in project["project"]["dependencies"]}
    extras = project["project"]["optional-dependencies"]
    test = {normal(item) for item in [*extras["test"], *extras["postgresql"]]} - {"contest-portal"}
    bench = {normal(item) for item in extras["benchmarks"]}
    build = {normal(item) for item in project["build-system"]["requires"]}
    advice = "Run `make lock` and commit requirements/."
    assert runtime <= locked_names("runtime.txt"), advice
    assert runtime | test <= locked_names("test.txt"), advice
    server = {normal(item) for name in ("postgresql", "redis", "s3") for item in extras[name]}
    assert runtime | server <= locked_names("server.txt"), advice
    assert runtime | bench <= locked_names("bench.txt"), advice
    assert build <= locked_names("build.txt"), advice


@pytest.mark.parametrize("name", ["server.txt", "test.txt", "bench.txt"])
def test_each_larger_lock_agrees_with_runtime_on_every_version(name: str) -> None:
    def pins(name: str) -> dict[str, str]:
        text = (ROOT / "requirements" / name).read_text(encoding="utf-8")
        return dict(re.findall(r"^([a-z0-9][a-z0-9.-]*)==([^\s;]+)", text, flags=re.MULTILINE))

    runtime, larger = pins("runtime.txt"), pins(name)
    assert {one: (version, larger.get(one)) for one, version in runtime.items() if larger.get(one) != version} == {}
