"""Building the wheel: its dependencies are those of requirements.in, and the translations are compiled into it."""

from __future__ import annotations

import importlib.util
import shutil
import tempfile
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface
from hatchling.metadata.plugin.interface import MetadataHookInterface


class Requirements(MetadataHookInterface):
    """The wheel needs what requirements.in names; the hashed pins are for servers and tests."""

    def update(self, metadata: dict[str, Any]) -> None:
        lines = (Path(self.root) / "requirements.in").read_text(encoding="utf-8").splitlines()
        metadata["dependencies"] = [line for line in lines if line and not line.startswith("#")]


class Catalogues(BuildHookInterface):
    """Compile the translations into the wheel."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        root = Path(self.root)
        spec = importlib.util.spec_from_file_location("catalogues", root / "grants" / "base" / "catalogues.py")
        assert spec is not None and spec.loader is not None
        catalogues = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(catalogues)
        self._scratch = Path(tempfile.mkdtemp())
        compiled = self._scratch / "translations"
        shutil.copytree(root / "translations", compiled)
        catalogues.compile_all(compiled)
        build_data["force_include"][str(compiled)] = "grants/_data/translations"

    def finalize(self, version: str, build_data: dict[str, Any], artifact_path: str) -> None:
        shutil.rmtree(self._scratch, ignore_errors=True)
