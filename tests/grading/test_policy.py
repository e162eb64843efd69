"""The policy: what it accepts, what it says of what it does not, and what it makes of marks."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from course_lib.grading import policy_text
from course_lib.grading.page import ByHand
from course_lib.grading.policy import Policy, find, load, loads
from course_lib.grading.policy_marks import Arrival, compute
from course_lib.grading.results import Result
from course_lib.grading.running import ROWS
from course_lib.grading.ui import Problem

NAMES = ["one", "two", "three"]
DUE = datetime(2026, 10, 5, 21, 59, tzinfo=UTC)


def result(student, assignment, points, most=10.0):
    status = "failed" if points is None else "graded"
    entries = () if points is None else ({"cell": "c", "mark": points, "max_points": most},)
    return Result(student, assignment, status, points, most, entries, reason="broken")


def mark_of(text, came, earned=8.0, **more):
    (total,) = compute(loads(text, NAMES), [result("ada", "one", earned)], came, **more)
    return total.marks[0]


def late(hours):
    return {("ada", "one"): Arrival(DUE + timedelta(hours=hours))}


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("late = 3", ["late is 3", "[late]"]),
        ("[late]\nper_day = 10", ["late.per_day is 10", "for 10 % write 0.1"]),
        ("[late]\nper_day = true", ["should be a number"]),
        ("[late]\nper_dya = 0.1", ["late.per_dya", "Did you mean per_day"]),
        ("[assignments.onee]\npoints = 3", ["assignments.onee", "Did you mean one"]),
        ("[assignments.one]\npoints = -1", ["between 0 and"]),
        ("[assignments.one]\npoints = nan", ["between 0 and"]),
        ("[assignments.one]\ndue = 2026-10-05", ["no time of day", "2026-10-05T23:59:00"]),
        ('[assignments.one]\ndue = "soon"', ["without quotes"]),
        ('timezone = "CET/Mars"', ["Europe/Zurich"]),
        ("timezone = 1", ["Europe/Zurich"]),
        ('missing = "nothing"', ['"zero" or "excused"']),
        ("drop_lowest = 3", ["from 0 to 2"]),
        ("decimals = 1.5", ["whole number"]),
        ("[students.ada]\nextension = {}", ["Did you mean extensions"]),
        ("[students.ada]\nextensions = { onne = 2026-10-05T10:00:00 }", ["extensions.onne"]),
        ('[students.ada]\nexcused = ["four"]', ["'four' is not an assignment"]),
        ('[students.ada]\nexcused = "one"', ["should be a list"]),
        ("students = 3", ["students is 3"]),
    ],
)
def test_what_is_wrong_is_said_with_its_place_and_the_mend(text, words, tmp_path):
    file = tmp_path / "course.toml"
    file.write_text(text)
    with pytest.raises(Problem) as caught:
        load(file, NAMES)
    assert str(file) in caught.value.message
    for word in words:
        assert word in caught.value.message


def test_files_that_are_none(tmp_path):
    (tmp_path / "a.toml").write_text("x = = 1")
    (tmp_path / "b.toml").write_bytes(b"\xff\xfe")
    with pytest.raises(Problem, match="not valid TOML"):
        load(tmp_path / "a.toml", NAMES)
    with pytest.raises(Problem, match="UTF-8"):
        load(tmp_path / "b.toml", NAMES)
    with pytest.raises(Problem, match="course policy --example"):
        find(tmp_path, tmp_path, tmp_path / "c.toml")
    assert find(tmp_path, tmp_path) is None
    assert load(None, NAMES) == Policy()


def test_the_class_has_its_own_before_the_course(tmp_path):
    (tmp_path / "class").mkdir()
    (tmp_path / "course.toml").touch()
    assert find(tmp_path / "class", tmp_path) == tmp_path / "course.toml"
    (tmp_path / "class" / "course.toml").touch()
    assert find(tmp_path / "class", tmp_path) == tmp_path / "class" / "course.toml"


def test_the_example_is_valid_and_names_every_field():
    made = loads(policy_text.example(NAMES), NAMES)
    assert made.late.per_day == 0.1
    assert set(made.assignments) == set(NAMES)
    assert made.students["student07"].excused == ("three",)
    text = policy_text.example(NAMES)
    fields = {*Policy._fields, *type(made.late)._fields, *type(made.limits)._fields, *ROWS}
    fields = fields - {"running", "checks"} | {"exercises"}
    assert [name for name in fields if name not in text] == []
    assert len(policy_text.describe(made)) > 8


def test_grading_keeps_the_limits(tmp_path, monkeypatch, run):
    asked = []
    monkeypatch.setattr(
        "course_lib.grading.commands.grade",
        lambda _, request: (asked.append(request), ([], False))[1],
    )
    grade = ("grade", "--class", tmp_path, "-a", "04_optimizers")
    (tmp_path / "course.toml").write_text("[limits]\nseconds = 77\ncell_seconds = 5\n")
    assert run(*grade).exit_code == 0
    assert run(*grade, "--seconds", 99).exit_code == 0
    limits = [request.limits_of("04_optimizers") for request in asked]
    assert [(each.total, each.cell) for each in limits] == [(77, 5), (99, 5)]
    (tmp_path / "course.toml").write_text("[limits]\nsecond = 77\n")
    result = run(*grade)
    assert (result.exit_code, "Did you mean seconds" in result.output) == (2, True)


ZURICH = 'timezone = "Europe/Zurich"\n[assignments.one]\ndue = 2026-10-05T23:59:00\n[late]\n'


@pytest.mark.parametrize(
    ("hours", "days", "points"),
    [(-1, 0, "8.00"), (0, 0, "8.00"), (0.01, 1, "7.20"), (24, 1, "7.20"), (24.01, 2, "6.40"),
     (100, 5, "4.80"), (2000, 84, "4.80")],
)  # fmt: skip
def test_each_day_begun_costs_a_share_of_what_was_earned(hours, days, points):
    mark = mark_of(ZURICH + "per_day = 0.1\nat_most = 0.4\n", late(hours))
    assert (mark.days_late, str(mark.points)) == (days, points)


def test_a_change_of_clocks_is_an_hour_too():
    text = (
        'timezone = "Europe/Zurich"\n[assignments.one]\ndue = 2026-10-24T23:59:00\n'
        "[late]\nper_day = 0.1\n"
    )
    due = loads(text, NAMES).assignments["one"].due
    night = {("ada", "one"): Arrival(due.astimezone(UTC) + timedelta(hours=24, minutes=30))}
    assert mark_of(text, night).days_late == 2  # 23:29 on the next evening, 24.5 hours later


def test_grace_forgives_but_does_not_move_the_due_date():
    text = ZURICH + "per_day = 0.1\ngrace_minutes = 30\n"
    assert mark_of(text, late(0.5)).days_late == 0
    assert mark_of(text, late(24.2)).days_late == 2


def test_it_closes():
    text = ZURICH + "per_day = 0.1\ncloses_after_days = 2\n"
    assert mark_of(text, late(48)).status == "graded"
    closed = mark_of(text, late(48.1))
    assert (closed.status, closed.points, closed.free_days) == ("closed", 0, 0)


def test_an_extension_moves_the_due_date():
    text = ZURICH + "per_day = 0.1\n[students.ada]\nextensions = {one = 2026-10-07T23:59:00}\n"
    assert mark_of(text, late(40)).points == 8
    assert mark_of(text, late(49)).days_late == 1


def test_free_days_go_to_what_is_due_first():
    text = (
        "[late]\nper_day = 0.1\nfree_days = 3\n"
        "[assignments.two]\ndue = 2026-10-05T21:59:00\n[assignments.one]\ndue = 2026-10-12T21:59:00"
    )
    came = {
        ("ada", "two"): Arrival(DUE + timedelta(hours=40)),
        ("ada", "one"): Arrival(DUE + timedelta(days=7, hours=40)),
    }
    rows = [result("ada", "one", 10.0), result("ada", "two", 10.0)]
    (total,) = compute(loads(text, NAMES), rows, came)
    one, two = total.marks
    assert (two.free_days, two.points) == (2, 10)
    assert (one.free_days, one.points) == (1, 9)


def test_late_by_a_marker_alone_is_one_day():
    mark = mark_of(ZURICH + "per_day = 0.1\n", {("ada", "one"): Arrival(None, late=True)})
    assert (mark.days_late, "hour not known" in mark.note) == (1, True)


def test_points_are_scaled_and_rounded_half_up():
    text = "decimals = 1\n[assignments.one]\npoints = 25\n"
    assert mark_of(text, {}, 1.5).points == Decimal("3.8")  # 3.75
    assert mark_of(text, {}, 10.0).points == 25


def test_the_lowest_share_is_dropped_and_missing_counts():
    rows = [
        result("ada", "one", 9.0), result("ada", "two", 6.0, most=6.0), result("ada", "three", 1.0),
        result("bob", "one", 5.0),
    ]  # fmt: skip
    ada, bob = compute(loads("drop_lowest = 1", NAMES), rows, {})
    assert [mark.assignment for mark in ada.marks if mark.dropped] == ["three"]
    assert (ada.points, ada.out_of, ada.percent) == (15, 16, Decimal("93.75"))
    assert [mark.assignment for mark in bob.marks if mark.dropped] == ["three"]
    assert (bob.points, bob.out_of) == (5, 16)
    _, bob = compute(loads('missing = "excused"', NAMES), rows, {})
    assert (bob.points, bob.out_of) == (5, 10)


def test_no_mark_is_no_zero():
    rows = [result("ada", "one", 9.0), result("ada", "two", None)]
    (ada,) = compute(Policy(), rows, {})
    assert (ada.points, ada.out_of, ada.open) == (9, 10, True)
    assert ada.marks[1].points is None


def test_a_person_stands_above_the_check():
    hands = {("ada", "one"): {"c": ByHand(points=3.0, extra=0.5)}}
    assert mark_of("", {}, by_hand=hands).points == Decimal("3.5")


def test_who_handed_in_nothing_is_there():
    _, eve = compute(Policy(), [result("ada", "one", 9.0)], {}, students=["eve"])
    assert (eve.student, eve.points, eve.out_of) == ("eve", 0, 10)


@given(
    st.lists(st.floats(0, 10).map(lambda x: round(x, 2)), min_size=3, max_size=3),
    st.lists(st.integers(-50, 300), min_size=3, max_size=3),
    st.integers(0, 2),
    st.integers(0, 4),
)
def test_totals_are_the_sum_of_what_is_shown(earned, hours, drop, free):
    policy = loads(
        f"drop_lowest = {drop}\n[late]\nper_day = 0.13\nfree_days = {free}\n"
        + "".join(f"[assignments.{name}]\ndue = 2026-10-05T21:59:00\n" for name in NAMES),
        NAMES,
    )
    rows = [result("ada", name, value) for name, value in zip(NAMES, earned, strict=True)]
    came = {
        ("ada", name): Arrival(DUE + timedelta(hours=h))
        for name, h in zip(NAMES, hours, strict=True)
    }
    (total,) = compute(policy, rows, came)
    kept = [mark for mark in total.marks if not mark.dropped]
    assert total.points == sum(mark.points for mark in kept)
    assert len(kept) == 3 - drop
    assert sum(mark.free_days for mark in total.marks) <= free
    assert all(0 <= mark.points <= mark.out_of for mark in total.marks)
    early = {key: Arrival(a.received - timedelta(days=30)) for key, a in came.items()}
    assert compute(policy, rows, early)[0].points >= total.points
