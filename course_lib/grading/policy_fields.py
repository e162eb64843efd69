"""Reading fields of a TOML file, with a message that says where, what was expected, and the mend."""

from __future__ import annotations

import difflib
from collections.abc import Callable, Iterator, Sequence
from datetime import date, datetime
from typing import Any, TypeVar
from zoneinfo import ZoneInfo

from .ui import Problem, listing

T = TypeVar("T")


class Fields:
    """One table of the file, from which fields are taken one by one.

    Parameters
    ----------
    file : str
        For messages.
    path : str
        The table's name; empty for the top.
    data : dict
    """

    def __init__(self, file: str, path: str, data: dict[str, Any]) -> None:
        self.file, self.path, self._data = file, path, data
        self._asked: list[str] = []

    def _problem(self, name: str, what: str) -> Problem:
        where = f"{self.path}.{name}" if self.path else name
        return Problem(f"{self.file}: {where} {what}")

    def take(self, name: str, read: Callable[[Any], T], default: Any) -> Any:
        """Return a field as ``read`` makes it, or the default if it is not there."""
        self._asked.append(name)
        if name not in self._data:
            return default
        try:
            return read(self._data[name])
        except ValueError as error:
            raise self._problem(name, f"is {_shown(self._data[name])}, but {error}.") from None

    def table(self, name: str) -> Fields:
        """Return a table in this one; an empty one if it is not there."""
        self._asked.append(name)
        inner = self._data.get(name, {})
        if not isinstance(inner, dict):
            raise self._problem(
                name, f"is {_shown(inner)}, but should be a section: write [{name}]."
            )
        return Fields(self.file, f"{self.path}.{name}" if self.path else name, inner)

    def tables(self, name: str, names: Sequence[str] | None) -> Iterator[tuple[str, Fields]]:
        """Yield the tables in a table; they may only have these names, if any are given."""
        outer = self.table(name)
        for inner in outer.known(names) if names is not None else list(outer._data):
            yield inner, outer.table(inner)

    @property
    def empty(self) -> bool:
        """Whether there is nothing in it."""
        return not self._data

    def known(self, names: Sequence[str], what: str = "an assignment") -> list[str]:
        """Return the names of all fields; they must be among these."""
        for name in self._data:
            if name not in names:
                raise self._problem(
                    name, f"is not {what} of the course; there are: {_near(name, names)}."
                )
        return list(self._data)

    def done(self) -> None:
        """Complain about a field that nobody asked for."""
        for name in self._data:
            if name not in self._asked:
                raise self._problem(
                    name, f"is not known here; possible are: {_near(name, self._asked)}."
                )


def _near(name: str, names: Sequence[str]) -> str:
    guess = difflib.get_close_matches(name, names, 1)
    return listing(list(names), 20) + (f". Did you mean {guess[0]}?" if guess else "").rstrip("?")


def _shown(value: Any) -> str:
    text = value.isoformat() if isinstance(value, date) else repr(value)
    return text if len(text) <= 60 else text[:57] + "..."


def number(least: float, most: float) -> Callable[[Any], float]:
    """Return a reader of numbers in a range.

    Examples
    --------
    >>> number(0, 1)(0.5)
    0.5
    """

    def read(value: Any) -> float:
        if isinstance(value, bool) or not isinstance(value, int | float):
            raise ValueError(f"should be a number from {least:g} to {most:g}, without quotes")
        if not least <= value <= most:
            raise ValueError(f"should lie between {least:g} and {most:g}")
        return float(value)

    return read


def share(value: Any) -> float:
    """Read a share from 0 to 1; what looks like percent gets a hint."""
    try:
        return number(0, 1)(value)
    except ValueError as error:
        hint = ""
        if isinstance(value, int | float) and 1 < value <= 100:
            hint = f" (for {value:g} % write {value / 100:g})"
        raise ValueError(f"{error}{hint}") from None


def whole(least: int, most: int) -> Callable[[Any], int]:
    """Return a reader of whole numbers in a range."""

    def read(value: Any) -> int:
        if isinstance(value, bool) or not isinstance(value, int) or not least <= value <= most:
            raise ValueError(f"should be a whole number from {least} to {most}")
        return value

    return read


def choice(*words: str) -> Callable[[Any], str]:
    """Return a reader of one of some words."""

    def read(value: Any) -> str:
        if value not in words:
            raise ValueError("should be " + " or ".join(f'"{word}"' for word in words))
        return str(value)

    return read


def time_zone(value: Any) -> ZoneInfo:
    """Read the name of a time zone."""
    try:
        return ZoneInfo(value)
    except (KeyError, ValueError, TypeError, OSError):
        raise ValueError(
            'should be the name of a time zone, such as "Europe/Zurich" or "America/New_York"'
        ) from None


def local_time(zone: ZoneInfo) -> Callable[[Any], datetime]:
    """Return a reader of dates with a time; without an offset they are in this zone."""

    def read(value: Any) -> datetime:
        if isinstance(value, date) and not isinstance(value, datetime):
            raise ValueError(f"has no time of day: write {value.isoformat()}T23:59:00")
        if not isinstance(value, datetime):
            raise ValueError("should be a date with a time, without quotes: 2026-10-05T23:59:00")
        return value if value.tzinfo else value.replace(tzinfo=zone)

    return read


def name_list(names: Sequence[str]) -> Callable[[Any], tuple[str, ...]]:
    """Return a reader of lists of assignments."""

    def read(value: Any) -> tuple[str, ...]:
        if not isinstance(value, list) or not all(isinstance(name, str) for name in value):
            raise ValueError('should be a list of assignments: ["01_regularization"]')
        for name in value:
            if name not in names:
                raise ValueError(f"{name!r} is not an assignment; there are: {_near(name, names)}")
        return tuple(value)

    return read
