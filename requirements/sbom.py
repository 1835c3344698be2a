"""The bill of materials in CycloneDX 1.6: what a deployment installs and what its pages carry, from the locks.

    python requirements/sbom.py build/sbom.cdx.json

Versions and hashes are the locks' own. Licences are what the installed packages say of themselves; what is not installed
here (a package of another system, an older Python) has none. No network is asked.
"""

from __future__ import annotations

import base64
import json
import re
import sys
from collections.abc import Iterator
from importlib import metadata
from pathlib import Path
from typing import Any
from uuid import NAMESPACE_URL, uuid5

from cyclonedx.contrib.license.factories import LicenseFactory
from cyclonedx.model import HashAlgorithm, HashType, Property
from cyclonedx.model.bom import Bom
from cyclonedx.model.component import Component, ComponentScope, ComponentType
from cyclonedx.output import make_outputter
from cyclonedx.schema import OutputFormat, SchemaVersion
from packageurl import PackageURL

ROOT = Path(__file__).resolve().parents[1]
SERVER = ROOT / "requirements" / "server.txt"
PAGES = ROOT / "frontend" / "package-lock.json"
LICENCES = LicenseFactory()


def main(target: str) -> None:
    """Write the bill to `target`."""
    path = Path(target)
    path.parent.mkdir(parents=True, exist_ok=True)
    bill = bill_of_materials()
    text = make_outputter(bill, OutputFormat.JSON, SchemaVersion.V1_6).output_as_string(indent=1)
    path.write_text(text + "\n", "utf-8")
    print(f"{path}: {len(bill.components)} components")


def bill_of_materials() -> Bom:
    """Everything that the locks name, under the program itself."""
    version = re.search(
        r'^__version__ = "(.+)"', (ROOT / "contest_portal/__init__.py").read_text("utf-8"), re.MULTILINE
    )
    assert version
    program = Component(
        name="contest-portal", version=version[1], type=ComponentType.APPLICATION, bom_ref="contest-portal",
        licenses=[LICENCES.make_from_string("Apache-2.0")],
    )  # fmt: skip
    components = [*python_components(), *page_components()]
    bill = Bom(components=components)
    bill.serial_number = uuid5(NAMESPACE_URL, " ".join(sorted(str(one.purl) for one in components)))
    bill.metadata.component = program
    bill.register_dependency(program, components)
    return bill


def python_components() -> Iterator[Component]:
    """What `pip install -r requirements/server.txt` installs; each hash is of one of the package's files."""
    for name, version, rest in locked(SERVER.read_text("utf-8")):
        marker = re.match(r"\s*;\s*(.+?)\s*\\?$", rest.splitlines()[0])
        hashes = re.findall(r"--hash=sha256:([0-9a-f]{64})", rest)
        licence = licence_of(name)
        yield Component(
            name=name,
            version=version,
            type=ComponentType.LIBRARY,
            bom_ref=f"pypi:{name}",
            purl=PackageURL("pypi", None, name, version),
            hashes=[HashType(alg=HashAlgorithm.SHA_256, content=one) for one in hashes],
            licenses=[LICENCES.make_from_string(licence)] if licence else [],
            properties=[Property(name="contest-portal:marker", value=marker[1])] if marker else [],
        )


def page_components() -> Iterator[Component]:
    """What npm locks: packages whose code is in the pages, and those that build them."""
    packages: dict[str, dict[str, Any]] = json.loads(PAGES.read_text("utf-8"))["packages"]
    for place, facts in packages.items():
        if not place:
            continue
        full = place.rpartition("node_modules/")[2]
        group, _, name = full.rpartition("/")
        algorithm, _, digest = facts["integrity"].partition("-")
        assert algorithm == "sha512", full
        yield Component(
            group=group or None,
            name=name,
            version=facts["version"],
            type=ComponentType.LIBRARY,
            bom_ref=f"npm:{place}",
            purl=PackageURL("npm", group or None, name, facts["version"]),
            scope=ComponentScope.EXCLUDED if facts.get("dev") else ComponentScope.REQUIRED,
            hashes=[HashType(alg=HashAlgorithm.SHA_512, content=base64.b64decode(digest).hex())],
            licenses=[LICENCES.make_from_string(facts["license"])] if facts.get("license") else [],
        )


def locked(text: str) -> Iterator[tuple[str, str, str]]:
    """Each package of a lock: its name, its version, what follows of it."""
    for entry in re.finditer(r"^([a-z0-9][a-z0-9.-]*)==([^\s;]+)([^\n]*(?:\n[ \t]+[^\n]*)*)", text, re.MULTILINE):
        yield entry[1], entry[2], entry[3]


def licence_of(name: str) -> str:
    """What the installed package says: an SPDX expression, else its short words, else what its classifiers say."""
    try:
        facts: Any = metadata.metadata(name)
    except metadata.PackageNotFoundError:
        return ""
    expression, words = facts.get("License-Expression"), (facts.get("License") or "").strip()
    kinds = [one.rpartition(" :: ")[2] for one in facts.get_all("Classifier", []) if one.startswith("License ::")]
    return str(expression or (words if 0 < len(words) <= 60 and "\n" not in words else " AND ".join(kinds)))


if __name__ == "__main__":
    main(sys.argv[1])
