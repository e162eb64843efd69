"""Who answers as somebody did before gets the verdict that was found then.

A check is a conversation: the judge says something (call this function with that), the answer says
something back, and so on to the verdict. What the judge says next follows from what it has heard, and from
nothing else. So the conversations of a class are a tree: its branches are the different things that answers
said. As long as an answer keeps to a branch that is known, nothing has to be computed here, only sent and
compared, byte by byte. Where it leaves the tree, the check is run: up to there with what was said already,
from there on with the answer itself.

In a class most answers are right, or wrong in ways that others were wrong before.
"""

from __future__ import annotations

from typing import Any

from ..checks import Verdict
from .wire import Closed, Late, WireError

LARGEST = 1 << 20
"""Bytes of one conversation that is kept, at most."""

MOST = 64 << 20
"""Bytes of all together; beyond that, all are forgotten."""

Key = tuple[str, int, bool]
"""Exercise, seed, and whether the check is hidden."""


class Node:
    """A point of a conversation: what the judge says there, what came next, or the verdict."""

    __slots__ = ("next", "say", "verdict")

    def __init__(self) -> None:
        self.say: bytes | None = None
        self.next: dict[bytes, Node] = {}
        self.verdict: Verdict | None = None


class Tape:
    """One conversation, from its beginning.

    Parameters
    ----------
    said, heard : list of bytes, optional
        Frames that have been exchanged already: they are neither sent nor waited for again.
    problem : Exception, optional
        What waiting for the frame after them led to.
    """

    def __init__(
        self,
        said: list[bytes] | None = None,
        heard: list[bytes] | None = None,
        problem: Exception | None = None,
    ) -> None:
        self.said = said or []
        self.heard = heard or []
        self._problem = problem
        self._old = len(self.said)
        self._said = self._heard = 0

    def say(self, frame: bytes) -> bool:
        """Take a frame that the judge says; return whether it was sent already."""
        self._said += 1
        if self._said <= self._old:
            if frame != self.said[self._said - 1]:
                raise RuntimeError("a check said something else than before to the same answers")
            return True
        self.said.append(frame)
        return False

    def old(self) -> bytes | None:
        """Return the next frame that was heard already; None if there is no more."""
        if self._heard < len(self.heard):
            self._heard += 1
            return self.heard[self._heard - 1]
        if self._problem is not None:
            problem, self._problem = self._problem, None
            raise problem
        return None

    def hear(self, frame: bytes) -> None:
        """Take a frame that was heard."""
        self._heard += 1
        self.heard.append(frame)


class Transcripts:
    """The conversations that are known."""

    def __init__(self) -> None:
        self._roots: dict[Key, Node] = {}
        self._size = 0

    def follow(self, key: Key, proxy: Any) -> Verdict | Tape:
        """Hold a conversation with an answer as far as it is known.

        Parameters
        ----------
        key : (str, int, bool)
        proxy : Proxy

        Returns
        -------
        Verdict or Tape
            The verdict, or what was said when something new came: the check goes on from there.
        """
        node = self._roots.get(key)
        said: list[bytes] = []
        heard: list[bytes] = []
        while node is not None:
            if node.verdict is not None:
                return node.verdict
            if node.say is None:
                break
            said.append(node.say)
            try:
                frame = proxy.exchange(node.say)
            except (Late, Closed, WireError) as problem:
                return Tape(said, heard, problem)
            heard.append(frame)
            node = node.next.get(frame)
        return Tape(said, heard)

    def keep(self, key: Key, tape: Tape, verdict: Verdict) -> None:
        """Remember a conversation that came to its end."""
        size = sum(map(len, tape.said)) + sum(map(len, tape.heard))
        if size > LARGEST or len(tape.said) != len(tape.heard):
            return
        if self._size + size > MOST:
            self._roots.clear()
            self._size = 0
        self._size += size
        node = self._roots.setdefault(key, Node())
        for say, hear in zip(tape.said, tape.heard, strict=True):
            node.say = say
            node = node.next.setdefault(hear, Node())
        node.verdict = verdict
