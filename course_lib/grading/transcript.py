"""Who answers as somebody did before gets the verdict that was found then.

A check is a conversation: the judge says something (call this function with that), the answer says
something back, and so on to the verdict. What the judge says next follows from what it has heard, and from
nothing else. So the conversations of a class are a tree: its branches are the different things that answers
said. As long as an answer keeps to a branch that is known, nothing has to be computed here, only sent and
compared, byte by byte, and what most have been told next is sent with it (:mod:`course_lib.grading.ahead`).
Where it leaves the tree, the check is run: up to there with what was said already, from there on with the
answer itself.

In a class most answers are right, or wrong in ways that others were wrong before.
"""

from __future__ import annotations

import itertools
from typing import Any

from ..checks import Verdict
from .ahead import MOST_BYTES, MOST_PIECES, is_guessable, seal

LARGEST = 1 << 20
"""Bytes of one conversation that is kept, at most."""

MOST = 64 << 20
"""Bytes of all together, with the copies that are sent ahead; beyond that, all are forgotten."""

Key = tuple[str, int, bool, bool]
"""Exercise, seed, whether the check is hidden, and whether it looks for the mistake."""

SHOWN = 0, False
"""Seed, and whether it is hidden, of the check that every notebook can run: nothing in it is a secret."""


class Node:
    """A point of a conversation: what the judge says there, what came next, or the verdict.

    ``visits`` is how often it was reached, ``path`` what is sent from here, and ``guessable`` whether one
    may get here by trying.
    """

    __slots__ = ("guessable", "next", "path", "say", "verdict", "visits")

    def __init__(self) -> None:
        self.say: bytes | None = None
        self.next: dict[bytes, Node] = {}
        self.verdict: Verdict | None = None
        self.visits = 0
        self.path: Path | None = None
        self.guessable: bool | None = None


class Path:
    """What is said from a node on, as far as it can be sent at once: the way that most have gone.

    Parameters
    ----------
    start : Node
        It has something to say.
    shown : bool, optional
        Whether an answer may know all of it already. If not, the path ends where an answer can be guessed.

    Attributes
    ----------
    frame : bytes
        All of it.
    says : list of bytes
    answers : list of bytes
        What is expected: to each of ``says``, but to the last of one alone anything may come.
    end : Node
        Where the last answer leads to.
    """

    def __init__(self, start: Node, shown: bool = False) -> None:
        self._nodes: list[Node] = []
        self.says: list[bytes] = []
        self.answers: list[bytes] = []
        node, size = start, 0
        while node.say is not None and node.next:
            answer, after = max(node.next.items(), key=lambda item: item[1].visits)
            size += len(answer)
            if self.says and (len(self.says) == MOST_PIECES or size > MOST_BYTES):
                break
            self.says.append(node.say)
            self.answers.append(answer)
            if after.guessable is None and not shown:
                after.guessable = is_guessable(node.say, answer)
            node = after
            self._nodes.append(node)
            if node.guessable:
                break
        self.end = node
        alone = len(self.says) == 1
        self.frame = self.says[0] if alone else seal(self.says, self.answers[:-1])
        self._before = b"".join(self.answers[:-1])
        ends = itertools.accumulate(map(len, self.answers[:-1]), initial=0)
        self._counts = {end: count for count, end in enumerate(ends)}
        self._taken = self._left = 0

    def count_of(self, written: bytes) -> int:
        """Return how many of the answers before the last stand here, from the first; -1 if it is nothing so."""
        return self._counts.get(len(written), -1) if self._before.startswith(written) else -1

    def count(self, whole: bool) -> bool:
        """Count who went the path, and who left it; return whether another way may be more common."""
        self._taken += whole
        self._left += not whole
        if self._left <= self._taken + 4:
            return False
        for node in self._nodes:
            node.visits += self._taken
        return True


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
        key : (str, int, bool, bool)
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
            if node.say is None or not node.next:
                break
            path = node.path = node.path or Path(node, key[1:3] == SHOWN)
            answers, problem = proxy.follow(path)
            said += path.says[: len(answers)]
            heard += answers
            start, node = node, _walk(node, path, answers)
            if path.count(node is path.end):
                start.path = None
            if problem is not None and node is not None and node.say is not None:
                return Tape([*said, node.say], heard, problem)
        return Tape(said, heard)

    def keep(self, key: Key, tape: Tape, verdict: Verdict) -> None:
        """Remember a conversation that came to its end."""
        size = sum(map(len, tape.said)) + sum(map(len, tape.heard))
        if size > LARGEST or len(tape.said) != len(tape.heard):
            return
        if self._size + 2 * size > MOST:
            self._roots.clear()
            self._size = 0
        self._size += 2 * size  # a path holds most of it once more
        node = self._roots.setdefault(key, Node())
        for say, hear in zip(tape.said, tape.heard, strict=True):
            node.say = say
            node = node.next.setdefault(hear, Node())
            node.visits += 1
        node.verdict = verdict


def _walk(node: Node, path: Path, answers: list[bytes]) -> Node | None:
    """Return where answers lead to from a node, None if nobody was there before."""
    if answers is path.answers:
        return path.end
    found: Node | None = node
    for answer in answers:
        assert found is not None  # only the last can be one that was not expected
        found = found.next.get(answer)
        if found is not None:
            found.visits += 1
    return found
