"""The capstone: how accuracy depends on the parts, and what a check makes of it."""

import inspect
import re
from pathlib import Path

import nbformat
import numpy as np
import pytest

from course_lib import recipes, sharpness
from course_lib.checks import EXERCISES, judge
from course_lib.checks.ch08_capstone import bad_choices, capstone, mistakes, right
from course_lib.checks.render import to_text
from course_lib.grading import mutate
from course_lib.grading.answers import read_blanks
from course_lib.grading.course import find_course

ROW = EXERCISES["capstone"]
TOP = max(capstone.THRESHOLDS.values())


def accuracies(recipe, seeds, budget=recipes.BUDGET):
    """Test accuracy in % for each seed."""
    recipe = recipes.Recipe(*recipe)
    recipe = recipe._replace(batch_size=int(recipe.batch_size), ghost=int(recipe.ghost))
    return np.array([100 * recipes.train(recipe, budget, s).test_accuracy for s in range(seeds)])


PROOF = pytest.mark.proof("course_lib/checks/ch08_capstone/*.*", "solutions/08_capstone/*.ipynb")


def pasted(function, name="capstone"):
    """The function as it is in a student's notebook: text that is run."""
    space = {"np": np}
    text = inspect.getsource(function).replace(f"def {function.__name__}(", f"def {name}(")
    exec(compile(text, "<cell>", "exec"), space)
    return space[name]


def sgd(w, g, m, v, t, lr, beta1, beta2, eps, weight_decay):
    return w - lr * g, m, v


# --- what the thresholds come from


@PROOF
@pytest.mark.parametrize("function", [right.capstone, *right.ALL])
@pytest.mark.parametrize("budget", [capstone.VISIBLE_BUDGET, capstone.HIDDEN_BUDGET])
def test_every_right_recipe_is_far_above_the_highest_threshold(function, budget):
    found = accuracies(function(budget), 16, budget)
    error = found.std(ddof=1) / np.sqrt(capstone.RUNS)
    assert found.mean() - TOP > 4 * max(error, 0.75), (found.mean(), found.std(ddof=1))
    assert 87.5 < found.mean() < 91.5


FULL = recipes.Recipe(*right.capstone(recipes.BUDGET))
WITHOUT_SAM = FULL._replace(rho=0.0, schedule=lambda t: FULL.schedule(t / 2))
PLAIN = FULL._replace(rho=0.0, weight_decay=0.0, ghost=50)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("recipe", "low", "high"),
    [
        (PLAIN._replace(rule=sgd, schedule=lambda t: 0.03), 79, 83.5),
        (PLAIN._replace(schedule=lambda t: 0.001), 78.5, 83),
        (WITHOUT_SAM, 68, 74),
        (WITHOUT_SAM._replace(weight_decay=0.0, ghost=50), 56, 62),
        (FULL._replace(schedule=lambda t: 0.02), 86, 89.5),
        (FULL._replace(weight_decay=0.0), 85, 89),
        (FULL._replace(ghost=50), 86, 90),
    ],
    ids=["SGD", "Adam", "no SAM", "by heart", "constant rate", "no decay", "no ghosts"],
)
def test_what_is_measured_without_the_parts(recipe, low, high):
    assert low < accuracies(recipe, 12).mean() < high


@PROOF
def test_what_the_parts_contribute_between_the_same_seeds():
    """SAM by far the most; decay and the schedule about 2 and 1.5; ghosts about 1."""
    full = accuracies(FULL, 12)
    gains = {
        "sam": full - accuracies(WITHOUT_SAM, 12),
        "decay": full - accuracies(FULL._replace(weight_decay=0.0), 12),
        "schedule": full - accuracies(FULL._replace(schedule=lambda t: 0.02), 12),
        "ghosts": full - accuracies(FULL._replace(ghost=50), 12),
    }
    mean = {name: gain.mean() for name, gain in gains.items()}
    assert 15 < mean["sam"] < 22
    assert all(-0.5 < mean[name] < 4 for name in ("decay", "schedule", "ghosts"))


@PROOF
@pytest.mark.parametrize("mistake", [*mistakes.ALL, *bad_choices.ALL], ids=lambda m: m.__name__)
def test_wrong_recipes_fail_wide_of_the_line(mistake):
    """Those that only accuracy rejects are far below the highest threshold, not near it."""
    if "lasts_the_run" in failed(judge(ROW, mistake)):
        return
    found = [judge(ROW, mistake, seed).points for seed in range(3)]
    assert max(found) <= 5


CHANGED = {
    after: reason for (name, _, after), reason in mutate.explained().items() if name == "capstone"
}


def changed_recipes():
    """The solution's recipe with each of the changes that no check notices."""
    course = find_course(Path(__file__).parents[2])
    notebooks = course.solution("08_capstone"), course.release("08_capstone")
    blanks = read_blanks(*(nbformat.read(path, as_version=4) for path in notebooks))
    blank = next(blank for blank in blanks if blank.exercise is ROW)
    for mutant in mutate.mutants_of("capstone", blank.solution):
        if mutant.after in CHANGED:
            space = {"np": np}
            exec(compile(blank.context + "\n\n" + mutant.source, "<cell>", "exec"), space)
            yield mutant.after, space["capstone"]


@PROOF
def test_a_change_that_no_check_notices_makes_another_right_recipe():
    """As `course checks --mutate` says of each of them."""
    found = dict(changed_recipes())
    assert found.keys() == CHANGED.keys()
    for after, function in found.items():
        tests = accuracies(function(recipes.BUDGET), 16)
        error = tests.std(ddof=1) / np.sqrt(16)
        assert tests.mean() - TOP > 5 * error, after
        said = float(re.search(r": ([\d.]+) ±", CHANGED[after]).group(1))
        assert abs(tests.mean() - said) < 2 * error, after


def failed(verdict):
    return [outcome.name for outcome in verdict.outcomes if outcome.status == "fails"]


# --- what a check says


def test_a_pasted_recipe_is_watched_and_passes():
    verdict = judge(ROW, pasted(right.capstone))
    assert verdict.passed, to_text(verdict)


def test_parts_are_not_the_librarys():
    def capstone(budget):
        rule, schedule, _, normalization, *numbers = parts(budget)
        return rule, schedule, sharpness.sam_step, normalization, *numbers

    parts = pasted(right.capstone)
    verdict = judge(ROW, capstone)
    assert verdict.points == 0
    assert "calls course_lib._sam.sam_step, which belongs to the library" in verdict.cause


@pytest.mark.parametrize(
    ("change", "name", "says"),
    [
        ({4: 1}, "form", "batch_size is 1; it must be a whole number from 2 to 400"),
        ({4: 401}, "form", "batch_size is 401"),
        ({5: 51}, "form", "ghost is 51; it must be a whole number from 2 to 50"),
        ({5: 2.5}, "form", "ghost is 2.5"),
        ({6: -0.1}, "form", "rho is -0.1"),
        ({7: np.nan}, "form", "weight_decay is nan"),
        ({0: 3}, "form", "The returned rule is not a function"),
        ({1: lambda t: [t, t]}, "lasts_the_run", r"schedule(0) is [0. 0.]; it must be one number"),
        ({1: lambda t: -1.0}, "lasts_the_run", "it must be one number of at least 0"),
        ({0: lambda *a: (a[0], a[2])}, "learns", "rule must return three arrays"),
        ({0: lambda *a: None}, "learns", "rule did not return numbers"),
        ({0: lambda *a: 1 / 0}, "learns", "In rule: The function raised ZeroDivisionError"),
        ({3: lambda *a: a[0][:1]}, "own_normalization", "not right for 4 examples"),
        ({2: lambda f, w, lr, rho: f(w) and f(w + 9) and w}, "two_gradients", "at distances 0 and"),
    ],
)
def test_what_is_wrong_is_said(change, name, says):
    def capstone(budget):
        values = list(parts(budget))
        for k, value in change.items():
            values[k] = value
        return values

    parts = pasted(right.capstone)
    verdict = judge(ROW, capstone)
    assert failed(verdict)[0] == name
    assert says in verdict.cause
    assert "Traceback" not in to_text(verdict)


def test_signs_do_not_depend_on_the_exact_numbers():
    """Another diverging recipe is told the same as the one in the catalogue."""
    for numbers, name in (
        ((50, 10, 0.7, 500.0), "decay_overshoots"),
        ((30, 6, 4.0, 1.0), "radius_too_large"),
        ((25, 25, 0.0, 0.1), "memorizes"),
    ):

        def capstone(budget, numbers=numbers):
            parts = pasted(right.capstone)(budget)
            steps = budget if numbers[2] == 0 else budget // 2
            return parts[0], lambda t: 0.03 * (1 - t / steps), *parts[2:4], *numbers

        verdict = judge(ROW, capstone)
        assert verdict.misconception == name


def test_a_good_recipe_is_no_mistake():
    from course_lib.checks.ch08_capstone.signs import signs

    for function in (right.capstone, *right.ALL):
        (found,) = signs(recipes.Recipe(*function(recipes.BUDGET)))
        assert not found.any(), function.__name__


def test_no_gradient_is_spent_beyond_the_budget():
    verdict = judge(ROW, pasted(mistakes.one_gradient))
    assert failed(verdict) == ["two_gradients"]
    run = recipes.train(mistakes.three_gradients(400), 400)
    assert (run.evaluations, run.losses.size, run.stopped) == (400, 133, "budget")
