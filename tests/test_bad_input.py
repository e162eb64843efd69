"""Bad input: every public function, every kind of mistake, and what the message must say.

``bad_input/calls_*.py`` have one right call of everything public; each argument's kind brings its mistakes.
``bad_input/rows.py`` has mistakes that concern one function alone. Arrays in an unusual layout are no
mistake: they must give what the plain ones give, and nobody's array is changed.
"""

import importlib
import importlib.util
import inspect
import sys
from pathlib import Path

import numpy as np
import pytest

import course_lib

NAMES = ("calls_first", "calls_second", "calls_third", "rows")


def tables():
    """Import the package of tables, which lies next to this file."""
    folder = Path(__file__).parent / "bad_input"
    spec = importlib.util.spec_from_file_location(
        "bad_input", folder / "__init__.py", submodule_search_locations=[str(folder)]
    )
    sys.modules["bad_input"] = importlib.util.module_from_spec(spec)
    return [importlib.import_module(f"bad_input.{name}") for name in NAMES]


*parts, rows = tables()
CALLS = [call for part in parts for call in part.CALLS]

GENERATED = [
    pytest.param(call, name, wrong, error, words, id=f"{call.name}-{name}-{k}")
    for call in CALLS
    for name, argument in call.arguments.items()
    for k, (wrong, error, words) in enumerate(argument.mistakes)
]


def right(call):
    return {name: argument.value for name, argument in call.arguments.items()}


def says(error, *words):
    """Return whether an error's message holds all of the words."""
    return all(word in str(error) for word in words)


@pytest.mark.parametrize(("call", "name", "wrong", "error", "words"), GENERATED)
def test_a_mistake_of_its_kind(call, name, wrong, error, words):
    words = [words] if isinstance(words, str) else words
    with pytest.raises((TypeError, ValueError)) as caught:
        call.function(**{**right(call), name: wrong})
    for part in words:
        assert part.format(name=name) in str(caught.value)
    assert caught.type is error


@pytest.mark.parametrize(("call", "error", "words"), rows.ROWS)
def test_a_mistake_of_its_own(call, error, words):
    with pytest.raises((TypeError, ValueError)) as caught:
        call()
    for part in [words] if isinstance(words, str) else words:
        assert part in str(caught.value)
    assert caught.type is error


# Arrays that need not be as kernels want them -----------------------------------------------------


def numbers(result):
    """Return every number in a result, in one row."""
    if isinstance(result, (tuple, list)):
        return np.concatenate([[], *[numbers(part) for part in result]])
    if isinstance(result, (float, int, np.ndarray, np.generic)):
        return np.asarray(result, dtype=np.float64).ravel()
    return np.empty(0)


def every_second(array):
    """Return the same numbers as a view that skips what lies between them."""
    return np.repeat(array, 2, axis=-1)[..., ::2] if array.ndim else array


def read_only(array):
    array = array.copy()
    array.flags.writeable = False
    return array


LAYOUTS = {
    "every second number": every_second,
    "columns first": np.asfortranarray,
    "backwards": lambda array: array[::-1].copy()[::-1] if array.ndim else array,
    "other byte order": lambda array: array.astype(array.dtype.newbyteorder()),
    "read-only": read_only,
    "a list": lambda array: array.tolist(),
}

HANDLED = [
    pytest.param(call, name, id=f"{call.name}-{name}")
    for call in CALLS
    for name, argument in call.arguments.items()
    if argument.layout
]


@pytest.mark.parametrize(("call", "name"), HANDLED)
def test_the_layout_of_an_array_does_not_matter(call, name):
    given = right(call)
    expected = numbers(call.function(**given))
    for layout, change in LAYOUTS.items():
        found = numbers(call.function(**{**given, name: change(np.asarray(given[name]))}))
        np.testing.assert_allclose(found, expected, rtol=1e-12, atol=1e-15, err_msg=layout)


@pytest.mark.parametrize("call", [pytest.param(call, id=call.name) for call in CALLS])
def test_arguments_are_not_changed(call):
    given = right(call)
    arrays = {name: value for name, value in given.items() if isinstance(value, np.ndarray)}
    arrays.pop("update", None)  # the running statistics, which a model is asked to change
    before = {name: value.copy() for name, value in arrays.items()}
    call.function(**given)
    for name, value in arrays.items():
        np.testing.assert_array_equal(value, before[name], err_msg=name)


@pytest.mark.parametrize("call", [pytest.param(call, id=call.name) for call in CALLS])
def test_one_array_may_be_passed_twice(call):
    """Arguments that share memory give what copies of them give."""
    arrays = [
        name
        for name, argument in call.arguments.items()
        if argument.layout
        and np.shape(argument.value) == (3,)
        and np.asarray(argument.value).dtype == float
    ]
    if len(arrays) < 2:
        return
    one = np.asarray(call.arguments[arrays[0]].value, dtype=np.float64)
    one = np.abs(one)  # right for variances and factors too
    apart = {**right(call), **{name: one.copy() for name in arrays}}
    together = {**right(call), **dict.fromkeys(arrays, one)}
    np.testing.assert_array_equal(
        numbers(call.function(**together)), numbers(call.function(**apart))
    )


# Nothing public is left out ------------------------------------------------------------------------


def public():
    """Return the public functions and classes of the topic modules; results have fields, not input."""
    for module in sorted(set(course_lib.__all__) - {"check"}):
        topic = getattr(course_lib, module)
        for name in topic.__all__:
            thing = getattr(topic, name)
            result = inspect.isclass(thing) and hasattr(thing, "_fields")
            if (inspect.isroutine(thing) or inspect.isclass(thing)) and not result:
                yield f"{module}.{name}"


def test_everything_public_has_a_call():
    assert set(public()) <= {call.name for call in CALLS}


# On or off, words, and what passes on to matplotlib; the rest has its mistakes in rows.py.
ELSEWHERE = {
    "averages.ewma": {"bias_correct"},
    "averages.ewma_weights": {"bias_correct"},
    "descent.descend": {"lr"},
    "descent.sweep": {"lr", "grid"},
    "gradients.directional_check": {"seed"},
    "models.mlp": {"batch_norm"},
    "Model.loss_and_gradient": {"normalize"},
    "Model.evaluate": {"statistics"},
    "noise.minibatch_variance": {"replacement"},
    "optimizers.hyperparameters": {"rule"},
    "optimizers.learning_rates": {"rule"},
    "plotting.contours": {"bounds", "equal"},
    "plotting.path": {"label", "animated"},
    "plotting.curves": {"label", "bars"},
    "plotting.theory": {"label"},
    "plotting.measured": {"label"},
    "regularization.penalty": {"delta"},
    "regularization.proximal": {"delta"},
    "second_order.newton": {"line_search"},
    "training.fit": {
        "lr", "progress", "sam_m", "sam_step", "ghost", "ghost_batch_norm", "decay_biases",
    },
}  # fmt: skip


@pytest.mark.parametrize("call", [pytest.param(call, id=call.name) for call in CALLS])
def test_every_parameter_has_its_mistakes(call):
    parameters = {
        parameter.name
        for parameter in inspect.signature(call.function).parameters.values()
        if parameter.kind in (parameter.POSITIONAL_OR_KEYWORD, parameter.KEYWORD_ONLY)
    }
    covered = {name for name, argument in call.arguments.items() if argument.mistakes}
    assert parameters - covered == ELSEWHERE.get(call.name, set())
