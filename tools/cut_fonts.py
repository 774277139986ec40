"""Cuts the whole Source Sans 3 down to the letters and signs that Merila prints, and renames it "Merila Sans".

Only needed when the font itself is renewed; the cut files are committed. From a scratch folder:

    npm pack source-sans@3.52.0 && tar xzf source-sans-3.52.0.tgz
    python tools/cut_fonts.py package/TTF static/fonts

The licence (OFL 1.1) reserves the name "Source" for the unmodified font, so a cut version has to bear another name.
"""

import hashlib
import sys
from pathlib import Path

from fontTools import subset
from fontTools.ttLib import TTFont

FAMILY = "Merila Sans"
VERSION = "3.52.0"
FACES = {
    "Regular": ("SourceSans3-Regular.ttf", 400, False),
    "Italic": ("SourceSans3-It.ttf", 400, True),
    "SemiBold": ("SourceSans3-Semibold.ttf", 600, False),
    "SemiBoldItalic": ("SourceSans3-SemiboldIt.ttf", 600, True),
}
# Basic Latin, Latin-1, Latin Extended-A (all of sl, it, hr, de, hu, cs, pl), then the signs that acts and forms need.
LETTERS = [*range(0x20, 0x7F), *range(0xA0, 0x180), 0x218, 0x219, 0x21A, 0x21B, 0x1E9E]
SIGNS = "‐‑–—‘’‚“”„†‡•…‰‹›€№™←↑→↓−×÷≈≠≤≥½¼¾²³¹⁄✓✗☐☑●○■□▲▼◆\u2009\u202f\u200b"
FEATURES = ["kern", "mark", "mkmk", "ccmp", "locl", "liga", "tnum", "lnum", "pnum", "frac", "sups", "case"]


def rename(font: TTFont, style: str, weight: int, italic: bool) -> None:
    postscript = f"{FAMILY.replace(' ', '')}-{style}"
    spoken = {"SemiBold": "SemiBold", "SemiBoldItalic": "SemiBold Italic"}.get(style, style)
    kept = {0, 5, 13, 14}  # copyright, version, licence and its address stay as the author wrote them
    table = font["name"]
    table.names = [record for record in table.names if record.nameID in kept and record.platformID == 3]
    bold = weight >= 600
    linked = {(False, False): "Regular", (False, True): "Italic", (True, False): "Bold", (True, True): "Bold Italic"}
    for identifier, text in {
        1: FAMILY,
        2: linked[bold, italic],
        3: f"{VERSION};MERILA;{postscript}",
        4: f"{FAMILY} {spoken}",
        6: postscript,
        16: FAMILY,
        17: spoken,
    }.items():
        table.setName(text, identifier, 3, 1, 0x409)
    font["OS/2"].usWeightClass = weight
    font["OS/2"].achVendID = "MRLA"


def cut(source: Path, target: Path, style: str, weight: int, italic: bool) -> list[Path]:
    options = subset.Options()
    options.hinting = False
    options.layout_features = FEATURES
    options.name_IDs = ["*"]
    options.notdef_outline = True
    options.recalc_timestamp = False  # two runs give the same bytes
    options.drop_tables += ["DSIG", "meta", "STAT"]
    font = TTFont(source, recalcTimestamp=False)
    unicodes = {*LETTERS, *map(ord, SIGNS)}
    missing = sorted(unicodes - set(font.getBestCmap()))
    if missing:
        print(f"{source.name}: not in the font: {' '.join(f'U+{code:04X}' for code in missing)}")
    subsetter = subset.Subsetter(options)
    subsetter.populate(unicodes=unicodes)
    subsetter.subset(font)
    rename(font, style, weight, italic)
    ttf = target / f"MerilaSans-{style}.ttf"
    font.flavor = None
    font.save(ttf)
    web = TTFont(ttf, recalcTimestamp=False)
    web.flavor = "woff2"
    woff = ttf.with_suffix(".woff2")
    web.save(woff)
    return [ttf, woff]


def main(source: Path, target: Path) -> None:
    files = [path for style, face in FACES.items() for path in cut(source / face[0], target, style, *face[1:])]
    lines = [
        "# The fonts of Merila: cut by tools/cut_fonts.py from Source Sans 3 (Adobe), SIL Open Font License 1.1 (OFL.txt).",
        "[source]",
        'name = "source-sans"',
        f'version = "{VERSION}"',
        'from = "npm pack source-sans"',
        'license = "OFL-1.1"',
        f'renamed = "{FAMILY}"',
    ]
    for path in files:
        digest = hashlib.sha256(path.read_bytes()).hexdigest()
        lines += ["", "[[file]]", f'name = "{path.name}"', f"bytes = {path.stat().st_size}", f'sha256 = "{digest}"']
    (target / "MANIFEST.toml").write_text("\n".join(lines) + "\n", encoding="utf-8")
    for path in files:
        print(f"{path.name:34} {path.stat().st_size:>7}")


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
