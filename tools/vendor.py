"""Files of others that we ship: fetched once by a maintainer, checked against static/vendor/MANIFEST.toml ever after.

    python tools/vendor.py check     compare every vendored file with its recorded hash (also a test)
    python tools/vendor.py fetch     take the packages anew with `npm pack` (nothing is installed) and rewrite the files

Node is needed for `fetch` only. To upgrade: change `version` in the manifest, run `fetch`, look at the difference, commit.
"""

import hashlib
import re
import shutil
import subprocess
import sys
import tarfile
import tempfile
import tomllib
from collections.abc import Callable
from pathlib import Path
from typing import Any

VENDOR = Path(__file__).resolve().parent.parent / "static" / "vendor"
MANIFEST = VENDOR / "MANIFEST.toml"


def without_gds_transport(css: str) -> str:
    """GDS Transport and the royal crest are licensed for GOV.UK only: our own family takes their place."""
    css = re.sub(r"@font-face\{font-family:GDS Transport;[^}]*\}", "", css)
    css = css.replace("font-family:GDS Transport,arial,sans-serif", 'font-family:"Merila Sans",arial,sans-serif')
    css = css.replace("font-family:sans-serif", 'font-family:"Merila Sans",arial,sans-serif')
    return re.sub(r"(?:background|-webkit-mask|mask)-image:url\(/assets/images/govuk-crest\.svg\);?", "", css)


def without_source_map(text: str) -> str:
    return re.sub(r"\s*(/\*# sourceMappingURL=[^*]*\*/|//# sourceMappingURL=\S*)\s*$", "\n", text)


# An edit of a vendored file has a name in the manifest, so that the file can be made again from the published one.
EDITS: dict[str, Callable[[str], str]] = {"without_gds_transport": without_gds_transport, "without_source_map": without_source_map}


def read_manifest(path: Path = MANIFEST) -> list[dict[str, Any]]:
    with path.open("rb") as stream:
        files: list[dict[str, Any]] = tomllib.load(stream)["file"]
    return files


def sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def differences(folder: Path = VENDOR) -> list[str]:
    """What in the folder is not as the manifest says; empty when all is well."""
    found = []
    manifest = read_manifest(folder / "MANIFEST.toml")
    for entry in manifest:
        path = folder / entry["path"]
        if not path.exists():
            found.append(f"{entry['path']}: missing")
        elif sha256(path.read_bytes()) != entry["sha256"]:
            found.append(f"{entry['path']}: is not the recorded {entry['name']} {entry['version']}")
    known = {"MANIFEST.toml"} | {entry["path"] for entry in manifest} | {entry["licence_file"] for entry in manifest}
    actual = {str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file()}
    found += [f"{name}: not in the manifest" for name in sorted(actual - known)]
    found += [f"{name}: missing" for name in sorted(known - actual) if name.endswith(".txt")]
    return found


def fetch(folder: Path = VENDOR) -> None:
    npm = shutil.which("npm")
    if npm is None:
        raise SystemExit("npm is needed to fetch the packages; it is not needed to build, run or test.")
    text = (folder / "MANIFEST.toml").read_text(encoding="utf-8")
    for entry in read_manifest(folder / "MANIFEST.toml"):
        with tempfile.TemporaryDirectory() as scratch:
            package = f"{entry['name']}@{entry['version']}"
            subprocess.run([npm, "pack", "--silent", package], cwd=scratch, check=True, stdout=subprocess.DEVNULL)
            (tarball,) = Path(scratch).glob("*.tgz")
            with tarfile.open(tarball) as archive:
                member = archive.extractfile(f"package/{entry['source']}")
                if member is None:
                    raise SystemExit(f"{package} has no file {entry['source']}")
                published = member.read()
        made = published.decode("utf-8")
        for name in entry["edits"]:
            made = EDITS[name](made)
        (folder / entry["path"]).write_text(made, encoding="utf-8")
        text = text.replace(entry["source_sha256"], sha256(published)).replace(entry["sha256"], sha256(made.encode()))
        print(f"{entry['path']}: {package}, {len(made.encode()):,} bytes")
    (folder / "MANIFEST.toml").write_text(text, encoding="utf-8")


def main(arguments: list[str]) -> int:
    if arguments == ["fetch"]:
        fetch()
    elif arguments != ["check"]:
        print(__doc__)
        return 2
    found = differences()
    print("\n".join(found) or "vendored files: as recorded")
    return 1 if found else 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
