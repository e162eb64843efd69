"""Make the font of the book's formulas: the part of STIX Two Math that a course like this one needs.

    npm pack @fontsource/stix-two-math && tar xzf fontsource-stix-two-math-*.tgz
    python tools/formula_font.py package/files/stix-two-math-latin-400-normal.woff2

It needs fonttools and brotli, which are not among the course's requirements: the font is made once and kept in
book/_static/fonts. A test fails if a formula of the book has a sign that is not in it; add the sign here.
"""

from __future__ import annotations

import sys
from pathlib import Path

from fontTools import subset
from fontTools.pens.recordingPen import DecomposingRecordingPen
from fontTools.pens.transformPen import TransformPen
from fontTools.pens.ttGlyphPen import TTGlyphPen
from fontTools.ttLib import TTFont

TARGET = Path(__file__).parents[1] / "book" / "_static" / "fonts" / "formulas.woff2"
# A changed font may not have the name of the one that it was made from.
NAME = "Course Formulas"

SIGNS = (
    # accents, dots, primes, dashes
    "¨¯´ˆˇ˘˙˜\u20d7…⋮⋯⋱′″‴–—"
    # letters with a meaning of their own
    "ℂℕℚℝℤ𝔼𝟙ℓℎ∂∇∅∞"
    # operators
    "±·×÷−∓∗∘⋅⋆√∏∑∫⊕⊗⊙⊤⊥∧∨∩∪"
    # relations
    "∀∃∈∉∝∣∥∼≃≅≈≔≠≡≤≥≪≫⊂⊆←↑→↓↔↦⇐⇒⇔"
    # fences, braces
    "‖⌈⌉⌊⌋⟨⟩⏞⏟"
    # nothing that is seen: an applied function, a product, a list, a space
    "\u2061\u2062\u2063\u00a0"
)
LETTERS = [
    *range(0x20, 0x7F),  # ASCII
    *(code for code in range(0x391, 0x3CA) if code != 0x3A2),  # Greek
    *(0x3D1, 0x3D5, 0x3D6, 0x3F1, 0x3F5),  # its other forms
    *(code for code in range(0x1D434, 0x1D468) if code != 0x1D455),  # italic Latin; h is ℎ
    *range(0x1D6E2, 0x1D71C),  # italic Greek
]

GROW = {"√": 1.0} | dict.fromkeys("()[]{}⌈⌉⌊⌋⟨⟩", 1.4)
"""How much wider than the smallest size the taller ones of a sign may be."""


def narrow(font: TTFont) -> None:
    """Make the taller sizes of roots and fences as narrow as ``GROW`` says.

    Chromium keeps as much room for such a sign as its widest size takes, whichever it then draws. So a root of
    one letter would be followed by a gap of half an em.
    """
    table = font["MATH"].table.MathVariants
    covered = table.VertGlyphCoverage.glyphs
    widths, outlines = font["hmtx"], font["glyf"]
    for sign, most in GROW.items():
        base = font.getBestCmap()[ord(sign)]
        sizes = table.VertGlyphConstruction[covered.index(base)]
        parts = sizes.GlyphAssembly.PartRecords if sizes.GlyphAssembly else ()
        names = [size.VariantGlyph for size in sizes.MathGlyphVariantRecord]
        for name in [*names, *(part.glyph for part in parts)]:
            width, left = widths[name]
            by = most * widths[base][0] / width
            if by >= 1:
                continue
            outline = outlines[name]
            if outline.isComposite():
                raise SystemExit(f"{name} is made of other signs: they would change with it.")
            outline.coordinates.scale((by, 1))
            _finish(font, name)
            widths[name] = (round(width * by), round(left * by))


def grow_primes(font: TTFont) -> None:
    """Make primes as large as a superscript needs them.

    They are high and small, to stand behind a letter by themselves, and a superscript would make them smaller and
    put them higher once more.
    """
    for sign in "′″‴":
        name = font.getBestCmap()[ord(sign)]
        width, left = font["hmtx"][name]
        low = font["glyf"][name].yMin
        drawn = DecomposingRecordingPen(font.getGlyphSet())
        font.getGlyphSet()[name].draw(drawn)
        outline = TTGlyphPen(None)
        drawn.replay(TransformPen(outline, (1.5, 0, 0, 1.5, 40 - 1.5 * left, 30 - 1.5 * low)))
        font["glyf"][name] = outline.glyph()
        _finish(font, name)
        font["hmtx"][name] = (round(1.5 * (width - 2 * left) + 80), 40)


def level_scripts(font: TTFont) -> None:
    """Put scripts at one height beside all letters, as TeX does.

    The font's own numbers are for what is taller than a letter. Browsers use them for letters too, so that the
    index of a letter that goes below the line would be lower than its neighbor's.
    """
    constants = font["MATH"].table.MathConstants
    constants.SuperscriptBaselineDropMax.Value = 386
    constants.SubscriptBaselineDropMin.Value = -20


def _finish(font: TTFont, name: str) -> None:
    """Round an outline that was changed, and measure it."""
    outline = font["glyf"][name]
    outline.coordinates.toInt()
    outline.recalcBounds(font["glyf"])


def make(source: Path, target: Path = TARGET) -> None:
    """Write the part of a math font that has ``SIGNS`` and ``LETTERS``, with all sizes of fences."""
    options = subset.Options()
    options.flavor = "woff2"
    options.layout_features = ["ssty", "dtls"]
    options.hinting = False
    options.glyph_names = False
    options.drop_tables += ["GPOS"]
    font = subset.load_font(source, options)
    wanted = {*map(ord, SIGNS), *LETTERS}
    missing = wanted - set(font.getBestCmap())
    if missing or "MATH" not in font:
        raise SystemExit(
            f"{source} is no font for these formulas. It lacks: {sorted(map(hex, missing))}"
        )
    narrow(font)
    grow_primes(font)
    level_scripts(font)
    subsetter = subset.Subsetter(options)
    subsetter.populate(unicodes=wanted)
    subsetter.subset(font)
    for record in font["name"].names:
        if record.nameID in {1, 3, 4, 6, 16}:
            record.string = NAME.replace(" ", "") if record.nameID == 6 else NAME
    subset.save_font(font, target, options)


if __name__ == "__main__":
    if len(sys.argv) != 2:
        raise SystemExit("Say where STIX Two Math is: tools/formula_font.py FILE")
    make(Path(sys.argv[1]))
    print(f"{TARGET}: {TARGET.stat().st_size / 1e3:.0f} kB")
