"""The build's own step: a wheel or an editable install comes with its browser files and compiled translations."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

MANUALS = ("teacher", "school-manager", "judge", "office", "report")


class AssetsHook(BuildHookInterface):
    """Runs frontend/build_assets.py before the files are gathered."""

    PLUGIN_NAME = "custom"

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        sys.path.insert(0, str(Path(self.root) / "frontend"))
        import build_assets

        build_assets.build_dist()
        build_assets.compile_translations()
        # In a checkout the migrations and the manuals stand beside the package; an installed package carries them.
        if self.target_name == "wheel" and version != "editable":
            build_data["force_include"]["migrations"] = "contest_portal/migrations"
            for manual in MANUALS:
                build_data["force_include"][f"docs/{manual}.md"] = f"contest_portal/manuals/{manual}.md"
