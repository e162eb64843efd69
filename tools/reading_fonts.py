"""Make the fonts of the text as small as the book lets them be: python tools/reading_fonts.py FOLDER book/_static/fonts

FOLDER has the fonts as their makers give them (the packages @fontsource-variable/source-sans-3 and source-serif-4):
the Latin parts, with all weights. The book has three weights of one and one of the other, and no small capitals.
Needs fonttools and brotli, which the course itself does not.
"""

import sys
from pathlib import Path

from fontTools import subset
from fontTools.ttLib import TTFont
from fontTools.varLib import instancer

CHARACTERS = {
    *range(0x20, 0x7F),
    *range(0xA0, 0x180),
    *range(0x2010, 0x2027),
    0x2032,
    0x2033,
    0x2212,
}
FEATURES = ["ccmp", "kern", "locl", "mark", "mkmk"]
FONTS = {
    "source-sans-3-latin-wght-normal.woff2": ("course-sans.woff2", "Course Sans", (400, 700)),
    "source-sans-3-latin-wght-italic.woff2": (
        "course-sans-italic.woff2",
        "Course Sans",
        (400, 700),
    ),
    "source-serif-4-latin-wght-normal.woff2": ("course-serif.woff2", "Course Serif", 600),
}
"""What each becomes, by what name, with which weights. Whoever changes such a font has to name it anew (see LICENSE)."""

_FAMILY, _FULL, _POSTSCRIPT, _TYPOGRAPHIC = 1, 4, 6, 16


def main(source: Path, target: Path) -> None:
    """Write all fonts."""
    for name, (small, family, weights) in FONTS.items():
        font = TTFont(source / name)
        options = subset.Options(
            layout_features=FEATURES, hinting=False, name_IDs=[0, 1, 2, 4, 6, 13]
        )
        choice = subset.Subsetter(options)
        choice.populate(unicodes=CHARACTERS)
        choice.subset(font)
        font = instancer.instantiateVariableFont(font, {"wght": weights})
        for record in font["name"].names:
            if record.nameID in {_FAMILY, _FULL, _TYPOGRAPHIC}:
                record.string = family
            elif record.nameID == _POSTSCRIPT:
                record.string = family.replace(" ", "")
        font.flavor = "woff2"
        font.save(target / small)
        print(
            f"{small}: {(source / name).stat().st_size} -> {(target / small).stat().st_size} bytes"
        )


if __name__ == "__main__":
    main(*map(Path, sys.argv[1:]))
