"""Pictures: what is drawn, and that one SVG suits every page it may stand on."""

import re
import xml.etree.ElementTree as ET
from itertools import combinations

import matplotlib as mpl
import numpy as np
import pytest
from matplotlib.figure import Figure

from course_lib import plotting
from course_lib._curves import _student
from course_lib._styles import OF_RULE
from course_lib.descent import descend
from course_lib.landscapes import LANDSCAPES, Objective, quadratic, rosenbrock
from course_lib.optimizers import OPTIMIZERS

SVG = "{http://www.w3.org/2000/svg}"


def labels(ax):
    return ax.get_legend_handles_labels()[1]


def valley():
    """The richest picture of the course: contours, four paths, a legend."""
    fig, ax = plotting.figure(height=3.6)
    plotting.contours(ax, rosenbrock())
    for rule in ("sgd", "momentum", "rmsprop", "adam"):
        plotting.path(ax, descend(rosenbrock(), rule=rule, lr=5e-4, steps=300))
    plotting.legend(ax)
    return fig


@pytest.fixture(scope="module")
def picture():
    return plotting.show(valley(), alt='Paths in a "valley" <with steep walls>')


def luminance(color):
    channels = np.array(mpl.colors.to_rgb(color))
    linear = np.where(channels <= 0.04045, channels / 12.92, ((channels + 0.055) / 1.055) ** 2.4)
    return linear @ [0.2126, 0.7152, 0.0722]


@pytest.mark.parametrize("style", plotting.STYLES, ids=lambda style: style.color)
@pytest.mark.parametrize("page", ["#FFFFFF", "#121212"])
def test_colors_stand_out_from_both_pages(style, page):
    dark, light = sorted((luminance(style.color), luminance(page)))
    assert (light + 0.05) / (dark + 0.05) >= 3  # WCAG 2.2, 1.4.11


def test_no_two_styles_need_their_color_to_be_told_apart():
    for one, other in combinations(plotting.STYLES, 2):
        assert one.color != other.color
        assert one.line != other.line
        assert one.marker != other.marker


def test_every_rule_has_a_style_of_its_own():
    assert sorted(OF_RULE.values()) == list(range(len(OPTIMIZERS)))
    assert set(OF_RULE) == set(OPTIMIZERS)


def test_picture_is_one_svg_with_its_description(picture):
    root = ET.fromstring(picture.svg)
    assert root.tag == f"{SVG}svg"
    assert root.get("role") == "img"
    assert root.get("aria-label") == 'Paths in a "valley" <with steep walls>'
    assert "max-width" in root.get("style")
    assert root.get("viewBox")
    assert root.get("width") is None
    assert len(list(root.iter(f"{SVG}svg"))) == 1


def test_text_is_text_in_the_pages_font_and_color(picture):
    root = ET.fromstring(picture.svg)
    assert root.get("fill") == "currentColor"
    texts = list(root.iter(f"{SVG}text"))
    assert {"momentum", "adam", "x", "y"} <= {text.text for text in texts}
    assert not any("fill" in text.get("style") for text in texts)
    assert "font-family" not in picture.svg
    assert "#000000" not in picture.svg
    assert "stroke: currentColor" in picture.svg


def test_picture_refers_to_nothing_outside(picture):
    addresses = set(re.findall(r"https?://[^\"' )]+", picture.svg))
    assert addresses == {"http://www.w3.org/2000/svg", "http://www.w3.org/1999/xlink"}
    assert "<script" not in picture.svg


def test_a_picture_has_no_rule_for_the_rest_of_the_page(picture):
    # Matplotlib's own, for all elements, let browsers compute the whole page's style again with each picture.
    rules = "".join(re.findall(r"<style[^>]*>(.*?)</style>", picture.svg, re.DOTALL))
    assert "*{" not in rules
    root = ET.fromstring(picture.svg)
    assert "stroke-linejoin:round" in root.get("style")
    assert all(len(group) for group in root.iter(f"{SVG}defs"))


def test_picture_is_small(picture):
    assert len(picture.svg) < 150_000


def ids(svg):
    return re.findall(r'\bid="([^"]+)"', svg)


def test_ids_are_unique_on_a_page_and_all_references_lead_somewhere(picture):
    other = plotting.show(plotting.contours(plotting.figure()[1], "saddle").figure, alt="a saddle")
    together = ids(picture.svg) + ids(other.svg)
    assert len(together) > 2
    assert len(together) == len(set(together))
    for svg in (picture.svg, other.svg):
        used = re.findall(r'href="#([^"]+)"|url\(#([^)]+)\)', svg)
        assert used
        assert {a or b for a, b in used} <= set(ids(svg))


def test_the_same_figure_gives_the_same_bytes(picture):
    again = plotting.show(valley(), alt=picture.alt)
    assert again.svg == picture.svg
    assert again.png == picture.png


def test_what_a_notebook_gets(picture):
    bundle = picture._repr_mimebundle_(include=None, exclude=None)
    assert set(bundle) == {"text/html", "image/png", "text/plain"}
    assert picture.svg in bundle["text/html"]
    assert bundle["text/plain"] == picture.alt
    assert picture.png.startswith(b"\x89PNG")
    assert repr(picture).startswith("Picture('Paths")


def test_a_figure_made_elsewhere_gets_no_white_plate():
    fig = Figure()
    ax = fig.subplots()
    ax.plot([0, 1], label="a line")
    ax.legend()
    assert "#ffffff" not in plotting.show(fig, alt="a line").svg


@pytest.mark.parametrize("alt", ["", "  \n", None])
def test_a_picture_needs_a_description(alt):
    with pytest.raises(ValueError, match="alt is empty; say in it what the picture shows"):
        plotting.show(plotting.figure()[0], alt=alt)


def test_show_takes_figures_only():
    with pytest.raises(
        TypeError, match=r"fig must be a Figure, such as figure\(\) returns, not Axes"
    ):
        plotting.show(plotting.figure()[1], alt="an axis")


def test_drawing_leaves_matplotlibs_settings_alone():
    before = dict(mpl.rcParams)
    plotting.show(plotting.figure()[0], alt="nothing")
    assert dict(mpl.rcParams) == before


@pytest.mark.parametrize("name", LANDSCAPES)
def test_contours_of_every_landscape(name):
    _, ax = plotting.figure()
    assert plotting.contours(ax, name) is ax
    assert (ax.get_xlim(), ax.get_ylim()) == LANDSCAPES[name]().bounds
    assert np.array_equal(np.ravel(ax.lines[0].get_data()), LANDSCAPES[name]().minimizer)


def test_contours_of_an_own_function_within_own_bounds():
    own = Objective("own", lambda w: (float(w @ w), 2 * w), np.ones(2))
    _, ax = plotting.figure()
    plotting.contours(ax, own, bounds=((0, 1), (0, 2)), equal=True)
    assert (ax.get_xlim(), ax.get_ylim()) == ((0, 1), (0, 2))
    assert ax.get_aspect() == 1
    with pytest.raises(ValueError, match="quadratic has 1 dimension"):
        plotting.contours(ax, quadratic((1,)))


def test_path_keeps_the_frame_and_says_that_it_diverged():
    _, ax = plotting.figure()
    plotting.contours(ax, quadratic())
    frame = ax.get_xlim(), ax.get_ylim()
    plotting.path(ax, descend(quadratic(), lr=0.03), "too fast")
    assert (ax.get_xlim(), ax.get_ylim()) == frame
    assert re.fullmatch(r"too fast \(diverged at step \d+\)", labels(ax)[0])
    assert ax.lines[1].get_color() == plotting.STYLES[OF_RULE["sgd"]].color
    with pytest.raises(ValueError, match="the path has shape"):
        plotting.path(ax, descend(quadratic((1, 2, 3))))


def test_competitors_take_the_next_style_unless_told():
    _, ax = plotting.figure()
    for label in ("mine", "yours", "adamw, tuned"):
        plotting.curves(ax, np.arange(20), np.ones((1, 20)), label)
    plotting.curves(ax, np.arange(20), np.ones((1, 20)), "told", style=5)
    wanted = [0, 1, OF_RULE["adamw"], 5]
    assert [line.get_color() for line in ax.lines] == [plotting.STYLES[k].color for k in wanted]
    with pytest.raises(ValueError, match="there is no style for 'adamm'"):
        plotting.curves(ax, np.arange(20), np.ones((1, 20)), "told", style="adamm")


RUNS = np.array([[1.0, 4.0], [2.0, 4.0], [6.0, 4.0]])


def test_band_is_the_stated_interval():
    error = np.std([1, 2, 6], ddof=1) / np.sqrt(3)
    # 4.302653 is Student's t for 2 degrees of freedom, 95 %.
    for interval, half in (("standard error", error), ("95 %", 4.302653 * error)):
        _, ax = plotting.figure()
        plotting.curves(ax, [0, 1], RUNS, "r", interval=interval, bars=False)
        edges = ax.collections[0].get_paths()[0].vertices
        heights = edges[edges[:, 0] == 0, 1]
        np.testing.assert_allclose([heights.min(), heights.max()], [3 - half, 3 + half], rtol=1e-6)
        assert edges[edges[:, 0] == 1, 1] == pytest.approx(4)
        assert interval in labels(ax)[0]
        assert "3" in labels(ax)[0]


@pytest.mark.parametrize(
    ("df", "t"), [(1, 12.706205), (2, 4.302653), (4, 2.776445), (9, 2.262157), (99, 1.984217)]
)
def test_students_t(df, t):
    assert _student(df) == pytest.approx(t, rel=1e-6)


def test_bars_for_few_points_and_no_interval_for_one_run():
    _, ax = plotting.figure()
    plotting.curves(ax, [0, 1], RUNS, "bars")
    assert len(ax.containers) == 1
    plotting.curves(ax, np.arange(13), np.ones((2, 13)), "band")
    assert len(ax.containers) == 1
    _, ax = plotting.figure()
    plotting.curves(ax, [0, 1], [1.0, 2.0], "one run")
    assert labels(ax) == ["one run"]


def test_curves_refuse_what_does_not_fit():
    _, ax = plotting.figure()
    with pytest.raises(ValueError, match=r"x has shape \(3,\) and runs \(3, 2\)"):
        plotting.curves(ax, [0, 1, 2], RUNS, "r")
    with pytest.raises(ValueError, match="interval is 'std'"):
        plotting.curves(ax, [0, 1], RUNS, "r", interval="std")


def test_theory_is_a_line_in_the_texts_color_and_measurement_is_dots():
    _, ax = plotting.figure()
    plotting.theory(ax, [0, 1], [0, 1])
    plotting.measured(ax, [0, 1], [0, 1], error=[0.1, 0.1])
    line, dots = ax.lines[0], ax.containers[0][0]
    assert (line.get_color(), line.get_linestyle()) == (plotting.INK, "-")
    assert (dots.get_linestyle(), dots.get_marker()) == ("None", "o")
    assert labels(ax) == ["theory", "measured"]


def test_figure_sizes():
    fig, axes = plotting.figure(width=4, height=6, rows=2, sharex=True)
    assert tuple(fig.get_size_inches()) == (4, 6)
    assert axes.shape == (2,)
    with pytest.raises(ValueError, match="width is 0"):
        plotting.figure(width=0)


# Animation ------------------------------------------------------------------------------------------


def race(animated):
    fig, ax = plotting.figure(height=3.6)
    plotting.contours(ax, rosenbrock())
    for rule, steps in (("momentum", 300), ("adam", 30)):
        run = descend(rosenbrock(), rule=rule, lr=5e-4, steps=steps)
        plotting.path(ax, run, animated=animated)
    return plotting.show(fig, alt="two paths").svg


def test_a_dot_runs_along_each_animated_path_and_all_keep_the_same_time():
    root = ET.fromstring(race(animated=True))
    motions = list(root.iter(f"{SVG}animateMotion"))
    assert [motion.get("dur") for motion in motions] == ["4.00s", "0.40s"]
    drawn = [
        path.get("d")
        for path in root.iter(f"{SVG}path")
        if "stroke-dasharray" in path.get("style", "")
    ]
    for motion in motions:
        values, times = motion.get("values").split(";"), motion.get("keyTimes").split(";")
        assert len(values) == len(times) <= 120
        assert (times[0], times[-1]) == ("0", "1")
        assert np.all(np.diff([float(t) for t in times]) > 0)
    # It ends where matplotlib ends the line: both are rounded.
    end = [float(number) for number in re.findall(r"-?[\d.]+", drawn[0])[-2:]]
    np.testing.assert_allclose(
        [float(number) for number in motions[0].get("values").split(";")[-1].split(",")],
        end,
        atol=0.1,
    )


def test_motion_is_small_clipped_replayed_by_a_click_and_left_out_on_request():
    svg = race(animated=True)
    own = re.match(r'<svg id="([^"]+)"', svg).group(1)
    assert f'begin="0s;{own}.click"' in svg
    assert f"@media (prefers-reduced-motion:reduce){{.{own}-dots{{display:none}}}}" in svg
    assert f'class="{own}-dots"' in svg
    assert re.search(rf'<g class="{own}-dots"><g clip-path="url\(#[^)]+\)"><circle', svg)
    assert set(re.findall(r"url\(#([^)]+)\)", svg)) <= set(ids(svg))
    assert "this-picture" not in svg
    assert len(svg) < len(race(animated=False)) + 10_000


def test_nothing_moves_unless_asked():
    svg = race(animated=False)
    assert "animate" not in svg
    assert "<circle" not in svg
    assert "<style>@media" not in svg
