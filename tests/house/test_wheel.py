"""The wheel carries all it needs: installed into an empty environment it runs from any folder, and scoring needs no Flask."""

from __future__ import annotations

import os
import subprocess
import sys
import venv
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "--no-build-isolation", "--wheel-dir", str(folder), str(ROOT)]
    subprocess.run(command, check=True, env={**os.environ, "PIP_DISABLE_PIP_VERSION_CHECK": "1"})
    return next(folder.glob("*.whl"))


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An environment of its own with the wheel; the libraries are those of this test run."""
    folder = tmp_path_factory.mktemp("empty")
    venv.create(folder / "env", with_pip=False)
    site = next((folder / "env" / "lib").glob("python*/site-packages"))
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(site)
    libraries = next(path for path in sys.path if path.endswith("site-packages"))
    (site / "libraries.pth").write_text(libraries, encoding="utf-8")
    return folder / "env" / "bin" / "python"


def run(python: Path, *arguments: str, cwd: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    clean = {name: value for name, value in os.environ.items() if not name.startswith(("PYTHON", "GRANTS"))}
    return subprocess.run(
        [str(python), *arguments], cwd=cwd, env=clean | environment, capture_output=True, text=True, check=False, timeout=120
    )


def test_the_wheel_holds_templates_styles_translations_migrations_and_rulebooks(wheel: Path) -> None:
    names = zipfile.ZipFile(wheel).namelist()
    for wanted in (
        "grants/_data/templates/layout.html", "grants/_data/static/merila.css", "grants/_data/translations/sl/LC_MESSAGES/messages.mo",
        "grants/_data/translations/it/LC_MESSAGES/messages.mo", "grants/_data/migrations/env.py", "grants/_data/migrations/versions/0001_first.py",
        "grants/_data/rulebooks/divaca-tourism-2020/rulebook.yaml", "grants/_data/parameters/procedure.yaml", "grants/_data/municipality.yaml", "scoring/__main__.py",
    ):  # fmt: skip
        assert wanted in names, wanted
    assert not [name for name in names if name.startswith(("tests/", "bench/"))]


def test_grants_runs_from_any_folder(installed: Path, tmp_path: Path) -> None:
    data = str(tmp_path / "data")
    upgraded = run(installed, "-m", "grants", "upgrade", cwd=tmp_path, GRANTS_DATA=data)
    assert upgraded.returncode == 0, upgraded.stderr
    verified = run(installed, "-m", "grants", "audit", "verify", cwd=tmp_path, GRANTS_DATA=data)
    assert verified.returncode == 0, verified.stderr
    assert "0 faults" in verified.stdout
    page = "from grants.app import create_app; print(create_app().test_client().get('/it/').status_code)"
    assert run(installed, "-c", page, cwd=tmp_path, GRANTS_DATA=data).stdout.strip() == "200"


def test_scoring_works_where_the_web_libraries_are_absent(installed: Path, tmp_path: Path) -> None:
    absent = "import sys, runpy; sys.modules.update(dict.fromkeys(('flask', 'sqlalchemy', 'flask_babel', 'babel', 'weasyprint')))\n"
    rulebook = ROOT / "rulebooks" / "koper-sport-promotion-2017" / "rulebook.yaml"
    code = absent + f"sys.argv = ['scoring', 'lint', {str(rulebook)!r}]; runpy.run_module('scoring', run_name='__main__')"
    result = run(installed, "-c", code, cwd=tmp_path)
    assert "4 findings" in result.stdout, result.stderr


def test_production_refuses_to_start_without_secrets(installed: Path, tmp_path: Path) -> None:
    result = run(installed, "-m", "grants", "check", cwd=tmp_path, GRANTS_DATA=str(tmp_path / "data"), GRANTS_ENV="production")
    assert result.returncode == 2
    for name in ("GRANTS_SECRET_KEY", "GRANTS_PASSWORD_SALT", "GRANTS_TOTP_SECRET", "GRANTS_SIGNING_P12", "GRANTS_SERVER_NAME"):
        assert name in result.stderr
