"""What is said ahead opens for who answers as expected, and for nobody else; the rest goes on as ever."""

import os
import socket
import threading
import time

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from course_lib.grading.ahead import HEAD, MOST_BYTES, MOST_PIECES, Pieces, is_guessable, seal
from course_lib.grading.court import Court
from course_lib.grading.task import Limits, Task
from course_lib.grading.transcript import Node, Path, Tape, Transcripts
from course_lib.grading.turns import Asked, Asking, make_slate
from course_lib.grading.wire import Closed, Functions, Late, WireError, encode

texts = st.lists(st.binary(min_size=1, max_size=60), min_size=2, max_size=8)


def frame(*message):
    text, data = encode(message, Functions(lambda *_: None))
    return HEAD.pack(len(text), len(data)) + text + data


@given(texts, st.data())
def test_pieces_open_one_by_one_for_the_right_answers(says, data):
    answers = [data.draw(st.binary(max_size=40)) for _ in says[1:]]
    pieces = Pieces(seal(says, answers)[HEAD.size :])
    assert [pieces.first, *map(pieces.open, answers)] == says
    assert pieces.open(b"") is None


@given(texts, st.data())
def test_no_piece_opens_after_another_answer(says, data):
    answers = [data.draw(st.binary(max_size=40)) for _ in says[1:]]
    wrong = data.draw(st.integers(0, len(answers) - 1))
    given = [*answers[:wrong], answers[wrong] + b".", *answers[wrong + 1 :]]
    pieces = Pieces(seal(says, answers)[HEAD.size :])
    opened = [pieces.open(answer) for answer in given]
    assert opened == [*says[1 : wrong + 1], *[None] * (len(answers) - wrong)]


def test_what_is_sealed_can_not_be_read():
    secret = [b"first" * 4, b"second" * 4, b"third" * 4]
    sealed = seal(secret, [b"1", b"2"])
    assert [text in sealed for text in secret] == [True, False, False]
    assert seal(secret, [b"1", b"2"]) != sealed  # another key each time


NUMBERS = np.array([0.1234567, 2.7182818, -1.4142135])


@pytest.mark.parametrize(
    ("asked", "answered", "guessable"),
    [
        ((), True, True),
        ((), 3, True),
        ((), "Polyak", True),
        ((), 0.25, True),
        ((), np.float32(0.1), True),  # as few digits as it has decimal places
        ((), np.pi, False),
        ((), np.array([0.25, 0.5]), True),
        ((), NUMBERS, False),
        ((NUMBERS,), NUMBERS, True),  # it need only hand back what it got
        ((NUMBERS,), (NUMBERS, NUMBERS / 3), False),
        ((), np.zeros(100), True),
        ((), [float(k) for k in range(8)], True),
        ((), np.array([np.inf, np.nan]), True),
        ((), {"w": np.pi}, False),
    ],
)
def test_an_answer_that_can_be_guessed_seals_nothing(asked, answered, guessable):
    ask = frame("call", 1, asked, {})
    assert is_guessable(ask, frame("return", answered, {}, "")) == guessable


def test_what_no_message_is_can_be_guessed():
    assert is_guessable(HEAD.pack(1, 0) + b"[", HEAD.pack(1, 0) + b"[")


# ------------------------------------------------------------------------------ paths


def tree(*ways):
    """Make the tree of conversations, each a list of what is said and answered in turn."""
    root = Node()
    for way in ways:
        node = root
        for say, answer in zip(way[::2], way[1::2], strict=True):
            node.say = say
            node = node.next.setdefault(answer, Node())
            node.visits += 1
        node.verdict = "verdict"
    return root


def talk(count, number=np.pi):
    """A conversation whose answers nobody guesses."""
    says = [frame("call", 1, (k,), {}) for k in range(count)]
    answers = [frame("return", number * (k + 1), {}, "") for k in range(count)]
    return [part for pair in zip(says, answers, strict=True) for part in pair]


def test_a_path_goes_where_most_went_and_ends_where_one_can_guess():
    way = talk(5)
    assert Path(tree(way)).answers == way[1::2]
    other = [*way[:5], frame("return", 1.0 / 3, {}, ""), *way[6:]]
    assert Path(tree(way, other, other)).answers == other[1::2]
    weak = [*way[:5], frame("return", True, {}, ""), *way[6:]]
    assert Path(tree(weak)).answers == weak[1:6:2]
    assert Path(tree(weak)).end.say == weak[6]
    assert Path(tree(weak), shown=True).answers == weak[1::2]


def test_a_path_has_an_end():
    assert len(Path(tree(talk(MOST_PIECES + 9))).says) == MOST_PIECES
    large = [part * 1 for part in talk(3)]
    large[3] = frame("return", np.random.default_rng(0).normal(size=MOST_BYTES // 8), {}, "")
    assert len(Path(tree(large)).says) == 1
    large[1] = large[3]
    assert len(Path(tree(large)).says) == 1  # alone it has to go, however large


def test_a_path_that_is_left_more_often_than_gone_is_looked_for_again():
    path = Path(tree(talk(3)))
    assert not any(path.count(whole) for whole in (True, True, *[False] * 6))
    assert path.count(False)


@pytest.mark.parametrize(
    ("seed", "hidden", "whole"),
    [(0, False, True), (0, True, False), (1, True, False), (1_000_001, False, False)],
)
def test_only_what_a_notebook_can_see_is_said_whole(seed, hidden, whole):
    """A second look is a visible check with another seed: what it asks, nobody has seen."""

    class Listener:
        def follow(self, path):
            paths.append(path)
            return path.answers, None

    paths, known = [], Transcripts()
    way = [frame("call", 1, (1,), {}), frame("return", True, {}, "")] * 3
    known.keep((key := ("f", seed, hidden, True)), Tape(way[::2], way[1::2]), "verdict")
    assert known.follow(key, Listener()) == "verdict"
    assert [len(path.says) for path in paths] == ([3] if whole else [1, 1, 1])


# ------------------------------------------------------------------------------- ends


@pytest.fixture
def ends():
    """Both ends, and a way to let the answer's end answer in a thread."""
    ours, theirs = socket.socketpair()
    slate = make_slate()
    asked = Asked(theirs, os.dup(slate))
    asking = Asking(ours, slate)
    threads = []

    def answer(replies, then=lambda: None):
        def run():
            for reply in replies:
                asked.hear()
                asked.post(reply)
            then()

        threads.append(threading.Thread(target=run))
        threads[-1].start()

    asking.deadline = time.monotonic() + 20
    yield asking, asked, answer
    asking.close()
    for thread in threads:
        thread.join()
    asked.close()


def test_who_answers_as_expected_is_heard_once(ends):
    asking, _asked, answer = ends
    path = Path(tree(talk(9)))
    answer(path.answers)
    answers, problem = asking.follow(path)
    assert answers is path.answers
    assert problem is None


@pytest.mark.parametrize("wrong", range(5))
def test_who_answers_otherwise_is_heard_until_then(ends, wrong):
    asking, _asked, answer = ends
    path = Path(tree(talk(5)))
    other = frame("return", 0.5, {}, "")
    answer([*path.answers[:wrong], other])
    answers, problem = asking.follow(path)
    assert (answers, problem) == ([*path.answers[:wrong], other], None)


def test_after_another_answer_all_goes_on(ends):
    asking, _asked, answer = ends
    path = Path(tree(talk(5)))
    other = frame("return", 0.5, {}, "")
    answer([*path.answers[:2], other, *path.answers, path.answers[0]])
    assert len(asking.follow(path)[0]) == 3
    assert asking.follow(path)[0] is path.answers
    asking.post(path.says[0])
    assert asking.hear() == path.answers[0]


def test_what_was_answered_before_a_silence_or_an_end_is_there(ends):
    asking, asked, answer = ends
    path = Path(tree(talk(5)))
    done = threading.Event()
    asking.deadline, asking.more = 0.0, lambda: 0.0 if done.is_set() else 0.05
    answer(path.answers[:3], done.set)
    answers, problem = asking.follow(path)
    assert answers == path.answers[:3]
    assert isinstance(problem, Late)
    asking.deadline = time.monotonic() + 20
    answer(path.answers[3:5])  # the three are over, and it hears two pieces it has opened
    assert asking.hear() == path.answers[4]
    answer(path.answers[:2], asked.close)
    answers, problem = asking.follow(path)
    assert answers == path.answers[:2]
    assert isinstance(problem, Closed)


def test_without_a_slate_one_thing_is_said_at_a_time():
    ours, theirs = socket.socketpair()
    path = Path(tree(talk(3)))
    asking, asked = Asking(ours, -1), Asked(theirs, -1)
    asked.post(path.answers[0])
    assert asking.follow(path) == (path.answers[:1], None)
    assert asked.hear() == path.says[0]
    asking.close()
    asked.close()


@given(
    st.binary(max_size=80), st.sampled_from([b"", b"\0\0\0\0", b"\xff\xff\xff\xff", b"\5\0\0\0"])
)
def test_a_slate_with_anything_on_it_does_no_harm(scribble, size):
    ours, theirs = socket.socketpair()
    path = Path(tree(talk(3)))
    slate = make_slate()
    asking = Asking(ours, os.dup(slate))
    post = asking.post

    def and_scribble(what):
        post(what)
        os.pwrite(slate, size + scribble, 0)
        theirs.sendall(path.answers[0])

    asking.post = and_scribble
    answers, problem = asking.follow(path)
    assert problem is None or isinstance(problem, WireError)
    assert answers == ([] if problem else path.answers[:1])
    asking.close()
    theirs.close()
    os.close(slate)


@pytest.mark.skipif(not hasattr(os, "memfd_create"), reason="no sealed files here")
def test_nobody_changes_the_size_of_a_slate():
    slate = make_slate()
    size = os.fstat(slate).st_size
    for other in (0, 2 * size):
        with pytest.raises(PermissionError):
            os.ftruncate(slate, other)
    os.close(slate)


# ---------------------------------------------------------------------- with the court

BEGIN = "n = 0\ndef adam_step(w, g, m, v, t, lr, beta1, beta2, eps):\n    global n\n    n += 1\n"
RIGHT = (
    "    m = beta1 * m + (1 - beta1) * g\n    v = beta2 * v + (1 - beta2) * g**2\n"
    "    step = lr * (m / (1 - beta1**t)) / ((v / (1 - beta2**t)) ** 0.5 + eps)\n"
    "    return w - step, m, v\n"
)
ANSWERS = {
    "right": BEGIN + RIGHT,
    "wrong from the start": BEGIN + RIGHT.replace("w - step", "w + step"),
    "wrong later": BEGIN + RIGHT.replace("w - step", "w - step * (1 if n < 9 else 2)"),
    "raises later": BEGIN + "    if n == 9: raise ValueError('no')\n" + RIGHT,
    "ends later": BEGIN + "    if n == 9: raise SystemExit\n" + RIGHT,
    "dies later": BEGIN + "    if n == 9: __import__('os')._exit(0)\n" + RIGHT,
    "loops later": BEGIN + "    while n == 9: pass\n" + RIGHT,
    "prints later": BEGIN + "    if n == 9: print('nine')\n" + RIGHT,
    "changes its input": BEGIN + "    g += 1\n" + RIGHT,
    "returns much": BEGIN + "    if n == 9: return [w] * 3000\n" + RIGHT,
}


def verdict(court, source):
    cells = (("adam_step", "answer", source),)
    checks = (("c", "adam_step", 0, False, 2.0), ("h", "adam_step", 7, True, 2.0))
    limits = Limits(check=0.5 if "while" in source else 10.0, total=60.0)
    outcome = court.run(Task("ada", "04_optimizers", cells, checks, limits))
    assert outcome.status == "graded", outcome.notes
    return outcome.verdicts


@pytest.fixture(scope="module")
def court():
    """A court that knows how the right answer goes, so that all else leaves that way."""
    with Court() as court:
        verdict(court, ANSWERS["right"])
        yield court


@pytest.mark.parametrize("name", ANSWERS)
def test_the_verdict_is_as_if_nothing_were_said_ahead(court, monkeypatch, name):
    first = verdict(court, ANSWERS[name])
    again = verdict(court, ANSWERS[name])
    monkeypatch.setattr(court, "transcripts", Transcripts())
    assert first == again == verdict(court, ANSWERS[name])


def test_a_known_answer_is_told_much_at_once(court, monkeypatch):
    posted = []
    post = Asking.post
    monkeypatch.setattr(Asking, "post", lambda self, what: posted.append(what) or post(self, what))
    verdict(court, ANSWERS["right"])
    assert len(posted) < 16  # the cell, and two checks of thirty and forty calls
