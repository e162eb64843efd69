"""What makes pages show soon: each part does what its examples say, and a build that comes later finds its way."""

import doctest
import json
import re

import pytest

DRAWING = '<div class="course-figure"><svg viewBox="0 0 10 20" role="img" aria-label="A line &amp; a dot.">{}</svg></div>'


@pytest.mark.parametrize(
    "name",
    [
        "page_style",
        "page_code",
        "page_scripts",
        "page_speed",
        "page_mends",
        "page_tables",
        "typeset",
        "not_found",
    ],
)
def test_examples(first_paint, name):
    result = doctest.testmod(first_paint[name])
    assert result.attempted
    assert not result.failed


def test_a_mistake_in_a_style_sheet_is_told(first_paint):
    with pytest.raises(ValueError, match=r"line 1"):
        first_paint["page_style"].read("a }")
    with pytest.raises(ValueError, match="within a rule"):
        first_paint["page_style"].read("a { & b { top: 0 } }")


def test_drawings_are_taken_out_and_put_back(first_paint, tmp_path):
    drawings = first_paint["page_drawings"]
    inner = [f'<g id="{n}">' + "<path/>" * 4000 + "</g>" for n in "ab"]
    figures = "".join(DRAWING.format(one) for one in inner)
    html = f"<html><head></head><body>{figures}</body></html>"
    lean = drawings.take_out(html, "book/a.html", tmp_path)
    assert len(lean) < 1200
    assert lean.count("<svg") == lean.count('alt="A line &amp; a dot."') == 2
    written = (tmp_path / "_static" / "drawings" / "book-a.js").read_text(encoding="utf-8")
    assert json.loads(written.partition("\n})(")[2].removesuffix(");\n")) == inner
    for address in re.findall(r'<img src="\.\./([^"]+)"', lean):
        assert (tmp_path / address).read_text(encoding="utf-8").count("<path/>") == 4000
    assert figures in drawings.whole(lean, "book/a.html", tmp_path)
    assert drawings.take_out(lean, "book/a.html", tmp_path) == lean


def test_a_page_with_few_drawings_keeps_them(first_paint, tmp_path):
    html = DRAWING.format("<path/>")
    drawings = first_paint["page_drawings"]
    assert (
        drawings.take_out(html, "a.html", tmp_path)
        == html
        == drawings.whole(html, "a.html", tmp_path)
    )
    assert not list(tmp_path.iterdir())


def test_code_looks_as_before(first_paint):
    """Every letter of the code keeps its color, and no letter is lost."""
    rules = first_paint["page_style"].read(
        'html[data-theme="light"] .highlight { color: #000; background: #fff }'
        'html[data-theme="light"] .highlight .n, html[data-theme="light"] .highlight .w { color: #000 }'
        'html[data-theme="light"] .highlight .o, html[data-theme="light"] .highlight .s { color: #0f0 }'
        'html[data-theme="light"] .highlight .k { color: #00f }'
        "em.sig-param .n { top: 0 }"
    )
    stands = first_paint["page_code"].looks(rules)
    assert stands == {"n": "", "w": "", "o": "o", "s": "o", "k": "k"}
    parts = [
        ("k", "return"),
        ("w", " "),
        ("n", "a"),
        ("o", "="),
        ("s", "'b'"),
        ("zz", "c"),
        ("zz", "d"),
        ("o", "+"),
    ]
    html = (
        "<pre>" + "".join(f'<span class="{name}">{text}</span>' for name, text in parts) + "</pre>"
    )
    assert first_paint["page_code"].fewer_tokens(html, stands) == (
        '<pre><span class="k">return</span> a<span class="o">=\'b\'</span>'
        '<span class="zz">c</span><span class="zz">d</span><span class="o">+</span></pre>'
    )


def test_scripts_stay_late_when_a_page_is_made_fast_again(first_paint):
    late = first_paint["page_scripts"].late
    page = '<html><head><script defer src="a.js?v=1"></script></head><body></body></html>'
    once = late(page, "b.html")
    assert "src=" not in once
    assert late(once, "b.html") == once
    assert late(page, "search.html") == page


def test_another_script_of_the_theme_is_told(first_paint):
    with pytest.raises(ValueError, match="stops_when_near"):
        first_paint["page_scripts"].stops_when_near("const e=()=>{};")
