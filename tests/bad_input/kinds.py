"""Kinds of arguments: a value that is right, and the mistakes that belong to its kind.

A mistake is (what is passed, error, words that the message must hold); ``{name}`` is the argument's.
"""

from typing import Any, NamedTuple

import numpy as np

REAL = "{name} must hold real numbers"


class Arg(NamedTuple):
    """A right value and the wrong ones; ``layout`` is false where an array may not come as it likes."""

    value: Any
    mistakes: tuple = ()
    layout: bool = False


class Call(NamedTuple):
    """A public callable with arguments that are right, by name (positional if it begins with ``*``)."""

    name: str
    function: Any
    arguments: dict


def also(arg, *mistakes):
    """Add mistakes to an argument."""
    return arg._replace(mistakes=arg.mistakes + mistakes)


def plain(value):
    """Return an argument whose mistakes are another's, or none."""
    return Arg(value)


def number(value, low=None, high=None, above=None, below=None):
    """Return a real number's argument: from low to high, above one and below another."""
    wrong = [
        ("a", TypeError, "{name} must be a number, not str"),
        ("0.5", TypeError, "{name} must be a number, not str"),
        (1j, TypeError, "{name} must be a number, not complex"),
        (np.array([0.5]), TypeError, "{name} must be a number, not ndarray"),
        (np.nan, ValueError, "{name} is nan, but must be a finite number"),
        (np.inf, ValueError, "{name} is inf, but must be a finite number"),
    ]
    outside = [above, below]
    if low is not None or above is not None:
        outside.append((above if low is None else low) - 1)
    if high is not None or below is not None:
        outside.append((below if high is None else high) + 1)
    wrong += [(x, ValueError, f"{{name}} is {x:g}, but must be") for x in outside if x is not None]
    return Arg(value, tuple(wrong))


def rate(value):
    """Return a learning rate's, radius's or penalty's argument."""
    return number(value, low=0)


def share(value):
    """Return the argument of a β or a momentum, from 0 up to, but not including, 1."""
    return number(value, low=0, below=1)


def whole(value, low=0):
    """Return a whole number's argument, at least ``low``."""
    return Arg(
        value,
        (
            (2.5, TypeError, "{name} must be a whole number, not float"),
            (True, TypeError, "{name} must be a whole number, not bool"),
            ("a", TypeError, "{name} must be a whole number, not str"),
            (low - 1, ValueError, f"{{name}} is {low - 1}, but must be at least {low}"),
        ),
    )


def loose(value, *shapes):
    """Return an array's argument that may hold NaN; ``shapes`` are pairs (wrong array, words)."""
    array = np.asarray(value)
    wrong = [
        (array * 1j, TypeError, REAL),
        (np.full(array.shape, "a"), TypeError, REAL),
        (None, TypeError, REAL),
    ]
    wrong += [(bad, ValueError, words) for bad, words in shapes]
    return Arg(value, tuple(wrong), layout=True)


def array(value, *shapes):
    """Return an array's argument, all finite."""
    first = np.zeros(np.shape(value), dtype=bool)
    first.reshape(-1)[:1] = True
    at = f"[{', '.join('0' * first.ndim)}]" if first.ndim else ""
    return also(
        loose(value, *shapes),
        (np.where(first, np.nan, value), ValueError, f"{{name}}{at} is nan, but every number must be finite"),
        (np.where(first, -np.inf, value), ValueError, f"{{name}}{at} is -inf, but every number must be finite"),
    )  # fmt: skip


def optional(arg):
    """Return the argument without the mistake of None."""
    return arg._replace(mistakes=tuple(m for m in arg.mistakes if m[0] is not None))


def form(value):
    """Return the argument of a form of momentum."""
    return also(whole(value, 0), (0, ValueError, "{name} is 0, but must be 1, 2 or 3"),
                (4, ValueError, "{name} is 4, but must be 1, 2 or 3"))  # fmt: skip


def function(value):
    """Return a function's argument."""
    return Arg(value, ((3, TypeError, "{name} must be a function, not int"),))


def made(value, words):
    """Return the argument of a thing that another function makes."""
    return Arg(value, ((3, TypeError, "{name} must be " + words + ", not int"),))


def choice(value, words="there is no"):
    """Return the argument of a name in a table."""
    return Arg(value, (("no such", ValueError, words), ("no such", ValueError, "'no such'")))


def seed(value=0):
    """Return a random generator's argument."""
    return Arg(
        value,
        (
            (0.5, TypeError, "{name} must be a seed or a generator"),
            (-1, ValueError, "{name} is -1, but must be at least 0"),
        ),
    )
