"""What the figures show is what the library says."""

from math import erf

import numpy as np
import pytest

from course_lib import (
    datasets,
    descent,
    landscapes,
    noise,
    normalization,
    optimizers,
    regularization,
    schedules,
    sharpness,
)
from course_lib.kernels import descent as kernels
from course_lib.kernels.regularization import coordinate_descent

pytestmark = pytest.mark.slow


def rows(page):
    """The rows of the figure's table, in full precision."""
    return page.evaluate(
        "document.querySelector('.course-interactive').courseFigure.result.table.rows"
    )


def put(page, **values):
    """Set the state of a figure and wait for its picture."""
    page.evaluate(
        """async (values) => {
          const { change } = document.querySelector('.course-interactive').courseFigure;
          for (const [name, value] of Object.entries(values)) change(name, value);
          await new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)));
        }""",
        values,
    )


def test_gradient_descent(figure):
    page = figure("gradient-descent")
    put(page, kappa=12, rate=0.8, steps=9, x=-1.2, y=0.5)
    run = descent.descend(landscapes.quadratic((1, 12)), [-1.2, 0.5], steps=9, lr=0.8 * 2 / 13)
    want = np.column_stack([np.arange(10), run.path, run.losses])
    assert np.allclose(rows(page), want, rtol=1e-9, atol=1e-15)


def test_dragging_moves_the_start(figure):
    page = figure("gradient-descent")
    box = page.locator("canvas").first.bounding_box()
    page.mouse.move(box["x"] + 0.6 * box["width"], box["y"] + 0.4 * box["height"])
    page.mouse.down()
    page.mouse.move(box["x"] + 0.3 * box["width"], box["y"] + 0.2 * box["height"])
    page.mouse.up()
    page.wait_for_timeout(300)
    start = rows(page)[0]
    assert -1.0 < start[1] < -0.3
    assert 0.1 < start[2] <= 0.6


RACES = [
    {"land": "turned"},
    {"land": "rosenbrock", "rule1": "nesterov", "lr1": 1e-4, "schedule": "cosine", "steps": 80},
    {"land": "saddle", "rule2": "adamw", "weight_decay2": 0.3, "noise": 0.5, "schedule": "linear"},
    {"land": "double_well", "rule3": "radam", "rule4": "adagrad", "lr4": 1, "schedule": "inverse"},
    {
        "land": "turned",
        "schedule": "step",
        "warmup": 30,
        "rule1": "adam",
        "eps1": 0.1,
        "steps": 100,
    },
    {"land": "turned", "schedule": "exponential", "rule3": "radam", "threshold3": 5, "warmup": 10},
    {"land": "rosenbrock", "schedule": "time", "lr1": 1e-3, "rule2": "adamw", "rule3": "adamw"},
    {"land": "turned", "lr1": 0.05, "rule2": "adadelta", "lr2": 1, "rule3": "adam_l2", "rule4": ""},
]


def run_of(land, rule, state, rates, hyper, noise):
    """The run by the compiled kernel itself, which takes the noise as it was drawn."""
    steps = state["steps"]
    path, losses = np.empty((steps + 1, 2)), np.empty(steps + 1)
    path[0] = state["x"], state["y"]
    diverged = kernels.descend(
        [rule.kernel is kernel for kernel in kernels.RULES].index(True),
        np.array(list(hyper.values()), dtype=float), np.zeros((len(rule.state), 2)), np.empty((2, 2)),
        land.family, land.params, np.asarray(rates, dtype=float), np.reshape(noise, (-1, 2)).astype(float),
        optimizers.FAR_AWAY, path, losses,
    )  # fmt: skip
    return path, losses, diverged


@pytest.mark.parametrize("race", RACES)
def test_the_playground(figure, race):
    page = figure("playground")
    put(page, **race)
    state = page.evaluate("document.querySelector('.course-interactive').courseFigure.state")
    runs = page.evaluate(
        """document.querySelector('.course-interactive').courseFigure.result.runs
           .map((r) => ({...r, path: Array.from(r.path), heights: Array.from(r.heights)}))"""
    )
    noise = page.evaluate(
        "Array.from(courseFigures.modules.playground.noiseOf("
        "document.querySelector('.course-interactive').courseFigure.state))"
    )
    land = (
        landscapes.quadratic((1, 100), angle=0.6)
        if state["land"] == "turned"
        else landscapes.LANDSCAPES[state["land"]]()
    )
    steps = state["steps"]
    places = [k for k in range(1, 5) if state[f"rule{k}"]]
    assert [run["name"] for run in runs] == [state[f"rule{k}"] for k in places]
    for k, run in zip(places, runs, strict=True):
        lr = state[f"lr{k}"]
        T = steps - state["warmup"]
        base = {
            "constant": schedules.schedule("constant", lr=lr),
            "linear": schedules.schedule("linear_decay", lr=lr, T=T),
            "cosine": schedules.schedule("cosine_decay", lr=lr, T=T),
            "step": schedules.schedule("step_decay", lr=lr, factor=0.1, every=-(-T // 3)),
            "exponential": schedules.schedule("exponential_decay", lr=lr, factor=0.01, every=T),
            "time": schedules.schedule("inverse_time", lr=lr, decay=0.1),
            "inverse": schedules.schedule("inverse_sqrt", lr=lr, offset=10),
        }[state["schedule"]]
        rates = schedules.with_warmup(base, state["warmup"])(np.arange(steps))
        rule = optimizers.OPTIMIZERS[run["name"]]
        hyper = {name: state.get(f"{name}{k}", value) for name, value in rule.hyper.items()}
        path, losses, diverged = run_of(land, rule, state, rates, hyper, noise)
        points = len(run["heights"])
        assert np.allclose(np.reshape(run["path"], (-1, 2)), path[:points], rtol=1e-7, atol=1e-9)
        losses = losses[:points]
        assert np.allclose(run["heights"], losses - land.minimum, rtol=1e-7, atol=1e-9)
        assert run["diverged"] == diverged
        near = np.flatnonzero(losses - land.minimum <= state["tolerance"])
        assert run["arrived"] == (near[0] if near.size else -1)


def test_the_playground_knows_every_rule_and_all_its_numbers(figure):
    page = figure("playground")
    options = page.eval_on_selector_all("[name=rule1] option", "all => all.map((o) => o.value)")
    assert set(options) == {"", *optimizers.OPTIMIZERS}
    for name, rule in optimizers.OPTIMIZERS.items():
        put(page, rule1=name)
        shown = page.eval_on_selector_all(
            ".course-control:not([hidden]) input[name$='1']", "all => all.map((c) => c.name)"
        )
        assert set(shown) == {"lr1", *(f"{number}1" for number in rule.hyper)}
        at = page.evaluate("document.querySelector('.course-interactive').courseFigure.state")
        assert {number: at[f"{number}1"] for number in rule.hyper} == dict(rule.hyper)
        heights = page.evaluate(
            "Array.from(document.querySelector('.course-interactive').courseFigure.result.runs[0].heights)"
        )
        assert heights[-1] < 0.9 * heights[0], (
            f"{name} gets nowhere at the rate that it begins with."
        )


def test_the_same_rule_twice_is_told_apart(figure):
    page = figure("playground")
    put(page, rule1="adam", rule2="adam", rule3="adam", rule4="momentum")
    runs = page.evaluate(
        """document.querySelector('.course-interactive').courseFigure.result.runs.map((r) => r.style)"""
    )
    assert len(set(runs)) == 4


def test_a_race_is_shared_by_its_address(figure):
    page = figure("playground")
    put(page, land="saddle", rule2="nesterov", lr2=0.1, noise=0.7)
    page.wait_for_timeout(400)
    address = page.url
    said = page.inner_text(".course-summary")
    assert "#playground:" in address
    other = figure("playground", state="#" + address.partition("#")[2])
    other.wait_for_timeout(300)
    assert other.inner_text(".course-summary") == said
    other.get_by_role("button", name="Reset").click()
    other.wait_for_timeout(400)
    assert "#" not in other.url


def test_an_address_with_nonsense_in_it_does_no_harm(figure):
    page = figure("playground", state="#playground:land=moon&lr1=-3&steps=1e9&x=&rule1=%3Cb%3E")
    plain = figure("playground")
    assert page.inner_text(".course-summary") == plain.inner_text(".course-summary")


def test_noise_and_batch(figure):
    page = figure("noise-and-batch")
    put(page, rate=0.5, batch=4, spread=2, start=1, seed=7)
    got = page.evaluate(
        """() => { const { state, result } = document.querySelector('.course-interactive').courseFigure;
        const noise = Array.from(courseFigures.modules['noise-and-batch'].noiseOf(state));
        return { noise, rest: result.rest, theory: result.theory }; }"""
    )
    drawn = np.reshape(got["noise"], (400, 50))
    assert np.isclose(drawn.std(), 1.0, rtol=0.02)
    w, squares = np.ones(50), [1.0]
    for row in drawn:
        (w,) = optimizers.step("sgd", w, w + row, lr=0.5)
        squares.append(np.mean(w**2))
    assert np.allclose([row[1] for row in rows(page)], squares, rtol=1e-9)
    assert np.isclose(got["rest"], np.mean(squares[200:]), rtol=1e-9)
    assert np.isclose(got["theory"], noise.noise_floor(0.5, 1.0, 2.0**2 / 4), rtol=1e-12)


def test_the_v_curve(figure):
    page = figure("v-curve")
    put(page, land="double_well", x=0.4, y=-0.6, step=1e-4)
    well = landscapes.double_well()
    exact = well.value_and_gradient(np.array([0.4, -0.6]))[1][0]

    def at(u):
        return well.value_and_gradient(np.array([u, -0.6]))[0]

    for h, forward, central in rows(page):
        if h < 1e-7:  # nothing but rounding, which compiled code may do otherwise
            continue
        right, left = 0.4 + h, 0.4 - h
        want = abs((at(right) - at(0.4)) / (right - 0.4) - exact) / abs(exact)
        assert np.isclose(forward, want, rtol=1e-3, atol=1e-8)
        want = abs((at(right) - at(left)) / (right - left) - exact) / abs(exact)
        assert np.isclose(central, want, rtol=1e-3, atol=1e-8)


@pytest.mark.parametrize("fall", ["cosine", "linear", "root", "restarts"])
def test_the_schedule_composer(figure, fall):
    page = figure("schedule-composer")
    put(page, peak=0.8, warmup=15, hold=45, fall=fall, end=0.25, steps=200)

    def cosine(T):
        return schedules.schedule("cosine_decay", lr=0.8, T=T, lr_end=0.2)

    falls = {
        "cosine": cosine(140),
        "linear": schedules.schedule("linear_decay", lr=0.8, T=140, lr_end=0.2),
        "root": schedules.schedule("inverse_sqrt", lr=0.8, offset=20),
        "restarts": schedules.chain((cosine(20), 20), (cosine(40), 40), (cosine(80), None)),
    }
    hold = schedules.schedule("constant", lr=0.8)
    whole = schedules.with_warmup(schedules.chain((hold, 45), (falls[fall], None)), 15)
    assert np.allclose(rows(page), np.column_stack([np.arange(200), whole(np.arange(200))]))


@pytest.mark.parametrize("rho", [0, 0.2, 0.5])
def test_two_wells(figure, rho):
    page = figure("two-wells")
    put(page, rho=rho, rate=0.03, sharp=16, start=1.2, steps=100)

    def wells(w):
        flat, sharp = 0.5 * (w[0] + 1) ** 2, 8 * (w[0] - 1) ** 2
        return (sharp, 16 * (w - 1)) if sharp < flat else (flat, w + 1)

    w, places = np.array([1.2]), [1.2]
    for _ in range(100):
        w = sharpness.sam_step(wells, w, 0.03, rho) if rho else w - 0.03 * wells(w)[1]
        places.append(w[0])
    assert np.allclose([row[1] for row in rows(page)], places, rtol=1e-9)


@pytest.mark.parametrize("kind", ["l1", "l2"])
def test_ellipse_meets_ball(figure, kind):
    page = figure("ellipse-meets-ball")
    put(page, strength=0.7, share=float(kind == "l1"), mixed=-0.4, x=1.1, y=0.2)
    H, target, w = np.array([[1, -0.4], [-0.4, 2]]), np.array([1.1, 0.2]), np.zeros(2)
    for _ in range(2000):  # proximal gradient descent, as in the chapter
        w = regularization.proximal(w - 0.35 * H @ (w - target), 0.35 * 0.7, kind)
    got = page.evaluate("document.querySelector('.course-interactive').courseFigure.result.w")
    assert np.allclose(got, w, atol=1e-10)
    assert (w == 0).any() == (kind == "l1")


@pytest.mark.parametrize("kind", ["l1", "l2"])
def test_the_penalty_dial(figure, kind):
    page = figure("penalty-dial")
    put(page, kind=kind, wrong=0.3, count=80)
    labels = np.array(
        page.evaluate(
            "courseFigures.modules['penalty-dial'].data({ wrong: 0.3, count: 80 }).labels"
        )
    )
    digits = datasets.digits(n_train=80)
    wrong = labels != digits.y_train
    assert wrong.sum() == 24
    center = digits.X_train.mean(axis=0)
    X, Y = digits.X_train - center, 2.0 * np.eye(10)[labels] - 1
    bias, gram = Y.mean(axis=0), X.T @ X / 80
    W = np.zeros((10, 64))
    for strength, seen, fresh, repeated, kept in reversed(rows(page)):
        if strength < 0.01:  # not at its end yet, and no two computers add alike
            break
        l1, l2 = (strength, 0.0) if kind == "l1" else (0.0, strength)
        for w, y in zip(W, (Y - bias).T, strict=True):
            coordinate_descent(gram, X.T @ y / 80, l1, l2, 1e-6, 40, w, gram @ w)
        given = np.argmax(X @ W.T + bias, axis=1)
        new = np.argmax((digits.X_val - center) @ W.T + bias, axis=1)
        assert np.isclose(seen, 100 * np.mean(given == labels))
        assert np.isclose(fresh, 100 * np.mean(new == digits.y_val))
        assert repeated == np.sum((given == labels) & wrong)
        assert kept == np.count_nonzero(W)


@pytest.mark.parametrize("g", [1, 5, 8, 48])
def test_ghost_batches(figure, g):
    page = figure("ghost-batches")
    put(page, ghost=g, example=7, value=-2.5, seed=3)
    table = np.array(rows(page))
    X, one, zero = table[:, 2:3].copy(), np.ones(1), np.zeros(1)
    assert X[6, 0] == -2.5
    for column, size in ((3, g), (4, 48)):
        want = normalization.ghost_batch_norm(X, size, one, zero)[:, 0]
        assert np.allclose(table[:, column], want, rtol=1e-9, atol=1e-12)


def test_the_scatter_of_ghosts(figure):
    page = figure("ghost-batches")
    for order, lawful in (("shuffled", True), ("sorted", False)):
        put(page, ghost=6, order=order)
        drawn = np.array(
            page.evaluate(
                "order => courseFigures.modules['ghost-batches'].batches({ order, seed: 2 })", order
            )
        )
        means = drawn.reshape(-1, 6).mean(axis=1)
        want = np.sqrt(np.mean((means - drawn.mean()) ** 2))
        got = page.evaluate("document.querySelector('.course-interactive').courseFigure.result")
        assert np.isclose(got["spread"], want)
        assert np.isclose(got["sigma"], drawn.std())
        assert np.isclose(want, drawn.std() / np.sqrt(6), rtol=0.1) == lawful


def test_an_example_that_is_dragged_stays_in_hand(figure):
    page = figure("ghost-batches")
    box = page.locator("canvas").first.bounding_box()
    page.mouse.move(box["x"] + 0.3 * box["width"], box["y"] + 0.5 * box["height"])
    page.mouse.down()
    page.mouse.move(box["x"] + 0.8 * box["width"], box["y"] + 0.2 * box["height"])
    page.mouse.up()
    page.wait_for_timeout(300)
    state = page.evaluate("document.querySelector('.course-interactive').courseFigure.state")
    assert 8 < state["example"] < 15
    assert state["value"] > 2


def test_the_best_of_many(figure):
    page = figure("best-of-many")
    best = page.evaluate("courseFigures.modules['best-of-many'].BEST")
    z = np.linspace(-9, 9, 20001)
    phi = np.array([(1 + erf(x / 2**0.5)) / 2 for x in z])
    want = [np.sum((z[1:] + z[:-1]) / 2 * np.diff(phi**k)) for k in range(1, 101)]
    assert np.allclose(best, want, atol=1e-4)
    put(page, tried=20, judges=200, spread=2, level=70, seed=6)
    found = page.evaluate(
        """() => { const { state, result } = document.querySelector('.course-interactive').courseFigure;
        const { won, best } = courseFigures.modules['best-of-many'].compute(state);
        return { won, best, gains: result.gains, luck: result.luck }; }"""
    )
    table = np.array(rows(page))
    assert len(table) == 20
    assert np.allclose(table[:, 1] * 2 % 1, 0)  # whole images of 200
    winner = table[table[:, 1].argmax()]
    assert (winner[1], winner[2]) == (found["won"]["score"], found["won"]["truth"])
    assert found["best"]["truth"] == table[:, 2].max()
    assert np.isclose(found["luck"], np.sqrt(70 * 30 / 200))
    spread = np.hypot(found["luck"], 2)
    for k, gain in zip((1, 2, 3, 5, 8, 13, 21, 34, 55, 100), found["gains"], strict=True):
        assert abs(gain["seen"] - spread * want[k - 1]) < 4 * spread / np.sqrt(200)
        assert abs(gain["true"] - 4 / spread * want[k - 1]) < 4 * 2 / np.sqrt(200)
