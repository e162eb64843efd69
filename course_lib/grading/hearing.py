"""One submission before the judge: its cells are run, then each check is held."""

from __future__ import annotations

import dataclasses
import os
import socket
from collections.abc import Sequence
from time import monotonic
from typing import Any

from ..checks import EXERCISES, Verdict, judge
from ..checks.guard import TimeUp
from ..checks.judge import warm_up
from . import by_heart
from .batches import Cell, checked, rows_of, running, together
from .patterns import named_as, remembering, unnamed, was_looked_for
from .proxy import Ended, Proxy, Remote
from .running import seconds_of
from .second_look import Check, SecondLooks
from .task import Kind, Outcome, Ran, Task
from .transcript import Transcripts
from .turns import make_slate
from .verdicts import as_dict, nothing, without_hearsay
from .zygote import Lost, Zygote


class Hearing:
    """One submission: its process, begun again when it had to be ended, and what was found so far.

    Parameters
    ----------
    zygote : Zygote
    transcripts : Transcripts
        What became of those before.
    task : Task
    """

    def __init__(self, zygote: Zygote, transcripts: Transcripts, task: Task) -> None:
        self.zygote = zygote
        self.transcripts = transcripts
        self.task = task
        self.deadline = self.began = self.took = 0.0
        self.proxy: Proxy | None = None
        self.number = 0
        self.ran: dict[str, Ran] = {}
        self.skipped: set[str] = set()
        self.alone = False  # whether each cell is said alone
        self.notes: list[str] = []
        self.cpu = 0.0
        self.memory = 0

    def run(self) -> Outcome:
        """Run the cells and every check."""
        for check in self.task.checks:
            warm_up(EXERCISES[check[1]])
        self.deadline = monotonic() + self.task.limits.total  # compiling ours is not the answer's
        try:
            verdicts = self._checks()
            if not self.task.checks:
                self.ready()
        finally:
            self.end()
        ran = tuple(self.ran[name] for name, _, _ in self.task.cells if name in self.ran)
        stuck = bool(ran) and all(cell.name in self.skipped for cell in ran)
        return Outcome(
            "failed" if stuck else "graded",
            {cell: as_dict(verdict) for cell, verdict in verdicts.items()},
            ran,
            self.zygote.level,
            cpu=round(self.cpu, 4),
            memory=self.memory,
            notes=tuple(self.notes),
        )

    # ------------------------------------------------------------------- the process

    def ready(self) -> Proxy | None:
        """Return the process with all cells run; None if :attr:`deadline` is over."""
        while self.proxy is None or not self.proxy.fit:
            self.end()
            if monotonic() >= self.deadline:
                return None
            self.began = monotonic()
            self._begin()
            self.took = max(self.took, monotonic() - self.began)
        return self.proxy

    def _begin(self) -> None:
        """Start a process and run the cells, but those that ended one before."""
        ours, theirs = socket.socketpair()
        slate = make_slate()
        try:
            self.number = self.zygote.fork(theirs, slate, self.task.limits)
        except Lost:
            ours.close()
            os.close(slate)
            raise
        finally:
            theirs.close()
        proxy = self.proxy = Proxy(ours, self.zygote.outside(self.number), slate)
        cells = [cell for cell in self.task.cells if cell[0] not in self.skipped]
        while cells:
            some = cells[:1] if self.alone or not proxy.line.notes else together(cells)
            if not self._run(proxy, some):
                return
            del cells[: len(some)]

    def _run(self, proxy: Proxy, cells: Sequence[Cell]) -> bool:
        """Have cells run, that are said at once; return whether all came to their end."""
        done, begin = 0, 0.0
        message: tuple[Any, ...] = ("run", tuple(cells))
        proxy.line.clear()
        try:
            while done < len(cells):
                proxy.begin(self.task.limits.cell, self.deadline)
                begin = monotonic()
                for row in rows_of(proxy.ask(*message), len(cells) - done):
                    name, kind, _ = cells[done]
                    self.ran.setdefault(name, Ran(name, kind, *checked(row, self.task.limits)))
                    done += 1
                message = ()
            return True
        except (TimeUp, Ended) as end:
            proxy.fit = False
            if len(cells) > 1 and proxy.line.noted() >= len(
                cells
            ):  # nothing is done that is not told
                self.alone = True
                return False
            name, kind, _ = running(cells, done, proxy)
            self._skip(name, kind, monotonic() - begin, end)
        return False

    def _skip(self, name: str, kind: Kind, seconds: float, end: TimeUp | Ended) -> None:
        """Do without a cell that did not end, or ended its process."""
        if isinstance(end, Ended):
            why = f"ended its process ({end})"
            ran = Ran(name, kind, error=f"Stopped: the cell {why}")
        else:
            why = f"did not finish within {self.task.limits.cell:g} seconds and was stopped"
            ran = Ran(name, kind, error=f"Stopped: the cell {why}", seconds=round(seconds, 4))
            if monotonic() >= self.deadline:
                why = "was running when the time for the whole was over"
        self.skipped.add(name)
        self.ran[name] = ran
        self.notes.append(f"cell {name} {why}")

    def end(self) -> None:
        """End the process, and count what it used."""
        if self.proxy is None:
            return
        self.proxy.line.close()
        self.proxy = None
        used = self.zygote.finish(self.number)
        self.cpu += used["cpu"]
        self.memory = max(self.memory, used["memory"])

    # -------------------------------------------------------------------- the checks

    def _checks(self) -> dict[str, Verdict]:
        """Hold the visible checks, then the hidden ones, and see what the visible ones are worth.

        What a function was called with in a hidden check it could print in a visible one.
        """
        found: dict[str, Verdict] = {}
        visible: dict[str, Check] = {}
        suspects: list[tuple[Check, Check]] = []
        for check in sorted(self.task.checks, key=lambda check: check[3]):
            cell, name, _seed, hidden, _points = check
            known = found[visible[name][0]] if hidden and name in visible else None
            if known is not None and was_looked_for(known):
                found[cell] = named_as(self.check(*check, looks=False), known)
            else:
                found[cell] = self.check(*check)
            if not hidden:
                visible[name] = check
            elif name in visible and by_heart.is_suspect(found[visible[name][0]], found[cell]):
                suspects.append((visible[name], check))
        if suspects:
            found |= SecondLooks(self).hold(suspects, found)
        return {check[0]: found[check[0]] for check in self.task.checks}

    def check(
        self, cell: str, name: str, seed: int, hidden: bool, _points: float, looks: bool = True
    ) -> Verdict:
        """Hold one check, a row of :attr:`course_lib.grading.task.Task.checks`.

        Where something fails it looks for the mistake, if it ``looks``.
        """
        exercise = EXERCISES[name]
        proxy = self.ready()
        if proxy is None:
            return nothing(exercise, hidden, "The time for the whole submission was over.")
        seconds = seconds_of(name, exercise.seconds, self.task.limits)
        proxy.begin(seconds, self.deadline)
        key = (name, seed, hidden, looks)
        tape = self.transcripts.follow(key, proxy)
        if isinstance(tape, Verdict):
            return tape
        proxy.line.tape = tape
        exercise = remembering(dataclasses.replace(exercise, seconds=seconds))
        exercise = exercise if looks else unnamed(exercise)
        try:
            reply = proxy.ask("fetch", name)
            if len(reply) != 2 or reply[0] != "value":
                return nothing(exercise, hidden, self._why_missing(name, reply, hidden))
            answer = reply[1]
            trusted = exercise.takes == "function" and isinstance(answer, Remote)
            verdict = without_hearsay(judge(exercise, answer, seed, hidden, trusted, timed=False))
            if proxy.fit:
                self.transcripts.keep(key, tape, verdict)
            return verdict
        except TimeUp:
            proxy.fit = False
            return nothing(exercise, hidden, f"{name} could not be fetched in time.")
        except Ended as why:
            proxy.fit = False
            told = "" if hidden else f": {why}"
            self.notes.append(f"check {cell}: the process was lost{told}")
            return nothing(exercise, hidden, f"While {name} was checked, its process ended{told}.")
        finally:
            proxy.line.tape = None

    def _why_missing(self, name: str, reply: tuple[Any, ...], hidden: bool) -> str:
        if reply[0] == "refused" and len(reply) == 2 and isinstance(reply[1], str):
            return f"{name} can't be looked at." if hidden else reply[1][:400]
        ran = self.ran.get(name)
        because = f" Its cell raised {ran.error}" if ran is not None and ran.error else ""
        return f"NameError: name {name!r} is not defined.{because}"
