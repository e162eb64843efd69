"""fit: what is recorded, the same run for the same seed, and runs that go wrong."""

import numpy as np
import pytest

from course_lib.datasets import digits
from course_lib.models import mlp, softmax_classifier, two_layer_network
from course_lib.optimizers import OPTIMIZERS
from course_lib.schedules import chain, rates, schedule
from course_lib.sharpness import SAM, sam_step
from course_lib.training import fit

DATA = digits(n_train=100)
LINEAR = softmax_classifier()
NETWORK = two_layer_network(hidden=8)


def same(a, b):
    return all(np.array_equal(x, y) for x, y in zip(a, b, strict=True))


@pytest.mark.parametrize("rule", OPTIMIZERS)
def test_every_rule_learns_on_digits(rule):
    rates = {"sgd": 0.1, "momentum": 0.1, "nesterov": 0.1, "adagrad": 0.1, "adadelta": 1.0,
             "radam": 0.05}  # fmt: skip
    history = fit(LINEAR, digits(), rule, epochs=8, lr=rates.get(rule, 0.01))
    assert history.rule == rule
    assert history.train_losses[-1] < history.train_losses[0] / 3
    assert history.val_accuracy[-1] > 0.85
    assert history.test_accuracy > 0.85


def test_what_is_recorded():
    history = fit(NETWORK, DATA, "adam", epochs=3, batch_size=32, lr=0.01)
    assert history.evaluations == 3 * 4  # 32 + 32 + 32 + 4 examples
    assert history.losses.shape == (12,)
    for name in ("train_losses", "train_accuracy", "val_accuracy"):
        assert getattr(history, name).shape == (4,)
    assert history.train_losses[0] == NETWORK.loss_and_gradient(NETWORK.init(0), *DATA[:2])[0]
    assert history.train_losses[-1] == NETWORK.loss_and_gradient(history.w, *DATA[:2])[0]
    assert history.val_accuracy[-1] == NETWORK.accuracy(history.w, *DATA[2:4])
    assert history.test_accuracy == NETWORK.accuracy(history.w, *DATA[4:])
    assert history.diverged_at is None


def test_the_seed_decides_everything():
    runs = [fit(NETWORK, DATA, "momentum", epochs=2, seed=seed) for seed in (0, 0, 1)]
    assert same(runs[0], runs[1])
    assert not np.array_equal(runs[0].w, runs[2].w)


def test_every_example_is_used_once_an_epoch_in_a_new_order():
    seen = []

    def spy(w, X, y):
        seen.append(X)
        return NETWORK.loss_and_gradient(w, X, y)

    fit(NETWORK._replace(loss_and_gradient=spy), DATA, "sgd", epochs=2, batch_size=30)
    batches = [X for X in seen if len(X) != 100]  # the others measure, on all the training data
    assert [len(X) for X in batches] == [30, 30, 30, 10] * 2
    epochs = np.concatenate(batches[:4]), np.concatenate(batches[4:])
    for X in epochs:
        assert np.array_equal(np.unique(X, axis=0), np.unique(DATA.X_train, axis=0))
    assert not np.array_equal(*epochs)


def test_full_batch_is_plain_gradient_descent():
    history = fit(LINEAR, DATA, "sgd", epochs=3, batch_size=1000, lr=0.5)
    w = LINEAR.init(0)
    for _ in range(3):
        w = w - 0.5 * LINEAR.loss_and_gradient(w, *DATA[:2])[1]
    np.testing.assert_allclose(history.w, w, rtol=1e-12, atol=1e-14)
    assert history.evaluations == 3


def test_a_students_function_gives_the_same_run_as_the_kernel():
    def heavy_ball(w, g, v, lr, momentum=0.9):
        v = momentum * v + g
        return w - lr * v, v

    ours = fit(NETWORK, DATA, "momentum", epochs=2, lr=0.05, momentum=0.8)
    theirs = fit(NETWORK, DATA, heavy_ball, epochs=2, lr=0.05, momentum=0.8)
    np.testing.assert_allclose(theirs.w, ours.w, rtol=1e-10, atol=1e-12)
    assert theirs.rule == "heavy_ball"


def test_rates_may_differ_from_step_to_step():
    constant = fit(LINEAR, DATA, "sgd", epochs=2, lr=0.1)
    assert same(constant, fit(LINEAR, DATA, "sgd", epochs=2, lr=np.full(8, 0.1)))
    stopped = fit(LINEAR, DATA, "sgd", epochs=2, lr=[0.1] * 4 + [0.0] * 4)
    assert stopped.train_losses[2] == stopped.train_losses[1] == constant.train_losses[1]
    with pytest.raises(ValueError, match=r"lr has shape \(3,\).*shape \(8,\)"):
        fit(LINEAR, DATA, "sgd", epochs=2, lr=[0.1] * 3)


def test_divergence_is_a_result(capsys):
    history = fit(NETWORK, DATA, "sgd", epochs=5, lr=1e6, progress=True)
    assert history.diverged_at == history.evaluations == history.losses.size
    assert history.diverged_at < 20
    assert np.isfinite(history.w).all()
    assert len(history.train_losses) == 1 + (history.diverged_at - 1) // 4
    out, err = capsys.readouterr()
    assert f"diverged at step {history.diverged_at}" in out
    assert err == ""


def test_a_nan_counts_as_divergence():
    def broken(w, g, lr):
        return w * np.nan

    history = fit(LINEAR, DATA, broken, epochs=1)
    assert history.diverged_at == 1
    assert np.array_equal(history.w, LINEAR.init(0))  # where it was before that step


def test_no_epochs_measure_the_start():
    history = fit(LINEAR, DATA, epochs=0)
    assert same(history.w, LINEAR.init(0))
    assert history.losses.size == history.evaluations == 0
    assert history.train_losses.shape == (1,)


def test_progress_is_one_line_on_standard_output(capsys):
    fit(LINEAR, DATA, epochs=3, progress=True)
    out, err = capsys.readouterr()
    assert err == ""
    assert out.count("\r") == 3
    assert out.count("\n") == 1
    assert "epoch 3/3" in out
    fit(LINEAR, DATA, epochs=3)
    assert capsys.readouterr() == ("", "")


def test_decay_leaves_biases_alone_unless_told_otherwise():
    # No gradient: only decay moves the weights.
    still = NETWORK._replace(
        init=lambda seed: np.ones(NETWORK.n_parameters),
        loss_and_gradient=lambda w, X, y: (0.0, np.zeros_like(w)),
    )
    ends = [
        NETWORK.unpack(
            fit(still, DATA, "adamw", epochs=1, lr=0.1, weight_decay=0.5, decay_biases=choice).w
        )
        for choice in (False, True)
    ]
    shrunk = 0.95**4
    for parts, biases in zip(ends, (1.0, shrunk), strict=True):
        for name, part in parts.items():
            np.testing.assert_allclose(part, shrunk if name.startswith("W") else biases)


# Schedules, SAM, ghosts, early stopping -------------------------------------------------------------

NORMED = mlp((64, 8, 10), batch_norm=True)


def test_a_schedule_is_the_array_of_its_rates():
    cosine = schedule("cosine_decay", lr=0.5, T=8)
    runs = [
        fit(LINEAR, DATA, "sgd", epochs=2, lr=lr)
        for lr in (cosine, rates(cosine, 8), lambda t: cosine(t))
    ]
    assert same(runs[0].w, runs[1].w)
    assert same(runs[0].w, runs[2].w)
    with pytest.raises(ValueError, match="ends after 4 steps, but the run has 8"):
        fit(LINEAR, DATA, "sgd", epochs=2, lr=chain((cosine, 4)))


def test_sam_costs_two_gradients_a_step_on_the_same_examples():
    calls = []

    def spy(w, X, y):
        calls.append((w.copy(), X.copy()))
        return NETWORK.loss_and_gradient(w, X, y)

    history = fit(
        NETWORK._replace(loss_and_gradient=spy), DATA, "momentum", epochs=1, lr=0.1, sam_rho=0.2
    )
    assert history.evaluations == len(calls) == 2 * len(history.losses) == 8
    for (w, X), (nearby, again) in zip(calls[::2], calls[1::2], strict=True):
        assert np.array_equal(X, again)
        assert np.linalg.norm(nearby - w) == pytest.approx(0.2)
    w = NETWORK.init(0)
    sam = SAM("momentum", w, sam_rho=0.2, lr=0.1)
    for _, X in calls[::2]:
        y = DATA.y_train[[int(np.flatnonzero((DATA.X_train == x).all(axis=1))[0]) for x in X]]
        sam.update(lambda v, X=X, y=y: NETWORK.loss_and_gradient(v, X, y))
    np.testing.assert_allclose(history.w, w, rtol=1e-10, atol=1e-13)


def test_the_smaller_the_part_the_more_sam_perturbs():
    whole = fit(NETWORK, DATA, epochs=1, sam_rho=0.1)
    parts = {m: fit(NETWORK, DATA, epochs=1, sam_rho=0.1, sam_m=m) for m in (4, 32)}
    assert same(parts[32].w, whole.w)
    assert not np.array_equal(parts[4].w, whole.w)
    assert parts[4].evaluations == whole.evaluations
    # With m = 1 the loss of the first step is still the minibatch's own.
    assert parts[4].losses[0] == pytest.approx(whole.losses[0], rel=1e-12)


def test_sam_is_for_rules_with_a_rho_of_their_own_too():
    history = fit(LINEAR, DATA, "rmsprop", epochs=1, rho=0.5, sam_rho=0.1)
    assert history.evaluations == 8


def test_a_normalized_model_keeps_running_statistics():
    history = fit(NORMED, DATA, "adam", epochs=5, lr=0.01)
    assert history.statistics.shape == (16,)
    assert history.train_accuracy[-1] == NORMED.accuracy(history.w, *DATA[:2], history.statistics)
    assert history.test_accuracy > 0.5
    assert fit(NETWORK, DATA, epochs=1).statistics is None
    whole = fit(NORMED, DATA, epochs=2, ghost=32)
    assert same(whole.w, fit(NORMED, DATA, epochs=2).w)
    ghosts = fit(NORMED, DATA, epochs=2, ghost=8)
    assert not np.array_equal(ghosts.w, whole.w)
    assert not np.array_equal(ghosts.statistics, whole.statistics)


def test_sams_second_gradient_leaves_running_statistics_alone():
    seen = []

    def spy(w, X, y, *, ghost, update):
        seen.append(update is not None)
        return NORMED.loss_and_gradient(w, X, y, ghost=ghost, update=update)

    fit(NORMED._replace(loss_and_gradient=spy), DATA, epochs=1, sam_rho=0.1)
    assert seen == [True, False] * 4


def test_early_stopping_returns_the_best_epoch(capsys):
    few = digits(n_train=20, label_noise=0.5)
    patient = fit(NETWORK, few, epochs=60, batch_size=4, lr=0.05)
    stopped = fit(NETWORK, few, epochs=60, batch_size=4, lr=0.05, patience=3, progress=True)
    assert stopped.best_epoch + 3 == len(stopped.val_losses) - 1 < 60
    assert stopped.val_losses[stopped.best_epoch] == stopped.val_losses.min()
    assert np.array_equal(stopped.val_losses, patient.val_losses[: len(stopped.val_losses)])
    assert NETWORK.evaluate(stopped.w, *few[2:4])[0] == stopped.val_losses.min()
    assert stopped.test_accuracy == NETWORK.accuracy(stopped.w, *few[4:])
    assert stopped.evaluations == stopped.losses.size < patient.evaluations
    assert f"the best epoch was {stopped.best_epoch}" in capsys.readouterr().out
    assert np.argmin(patient.val_losses) == patient.best_epoch
    waited = fit(NETWORK, few, epochs=60, batch_size=4, lr=0.05, patience=60)
    assert np.array_equal(waited.val_losses, patient.val_losses)
    assert NETWORK.evaluate(waited.w, *few[2:4])[0] == waited.val_losses.min()


# A person's own parts, and a budget -----------------------------------------------------------------


def own_sam_step(loss_grad, w, lr, rho):
    g = loss_grad(w)[1]
    return w - lr * loss_grad(w + rho * g / np.linalg.norm(g))[1]


def own_ghost_batch_norm(X, g, gamma, beta, eps):
    Y = np.empty_like(X)
    for start in range(0, len(X), g):
        part = X[start : start + g]
        Y[start : start + g] = gamma * (part - part.mean(0)) / np.sqrt(part.var(0) + eps) + beta
    return Y


@pytest.mark.parametrize("step", [own_sam_step, sam_step])
@pytest.mark.parametrize("model", [NETWORK, NORMED], ids=["plain", "normalized"])
def test_an_own_sam_step_goes_with_every_rule(model, step):
    ours = fit(model, DATA, "adamw", epochs=2, lr=0.01, sam_rho=0.1)
    theirs = fit(model, DATA, "adamw", epochs=2, lr=0.01, sam_rho=0.1, sam_step=step)
    np.testing.assert_allclose(theirs.w, ours.w, rtol=1e-7, atol=1e-9)
    np.testing.assert_allclose(theirs.losses, ours.losses, rtol=1e-8)
    if model is NORMED:
        np.testing.assert_allclose(theirs.statistics, ours.statistics, rtol=1e-7, atol=1e-9)
    assert theirs.evaluations == ours.evaluations == 16


def test_an_own_normalization_is_what_trains():
    ours = fit(NORMED, DATA, "momentum", epochs=3, lr=0.05, ghost=8)
    theirs = fit(
        NORMED, DATA, "momentum", epochs=3, lr=0.05, ghost=8, ghost_batch_norm=own_ghost_batch_norm
    )
    np.testing.assert_allclose(theirs.w, ours.w, rtol=1e-8, atol=1e-10)
    np.testing.assert_allclose(theirs.statistics, ours.statistics, rtol=1e-8, atol=1e-10)
    sizes = []

    def shifted(X, g, gamma, beta, eps):
        sizes.append((len(X), g))
        return own_ghost_batch_norm(X, g, gamma, beta, eps) + 0.1

    other = fit(NORMED, DATA, "momentum", epochs=1, lr=0.05, ghost=8, ghost_batch_norm=shifted)
    assert not np.allclose(other.losses, ours.losses[:4], rtol=1e-4)
    assert sizes == [(32, 8)] * 3 + [(4, 4)]


def test_own_functions_can_do_no_harm():
    def rude_sam_step(loss_grad, w, lr, rho):
        _, g = loss_grad(w)
        nearby = w + rho * g / np.linalg.norm(g)
        _, g = loss_grad(nearby)
        nearby[:] = np.nan
        w -= lr * g
        return w

    def rude_normalization(X, g, gamma, beta, eps):
        Y = own_ghost_batch_norm(X, g, gamma, beta, eps)
        X[:] = gamma[:] = beta[:] = np.nan
        return Y

    kind = fit(NORMED, DATA, epochs=1, ghost=8, sam_rho=0.1)
    rude = fit(
        NORMED, DATA, epochs=1, ghost=8, sam_rho=0.1, sam_step=rude_sam_step,
        ghost_batch_norm=rude_normalization,
    )  # fmt: skip
    np.testing.assert_allclose(rude.w, kind.w, rtol=1e-7, atol=1e-9)


@pytest.mark.parametrize("budget", [0, 1, 2, 7, 8, 9])
@pytest.mark.parametrize(("extras", "cost"), [({}, 1), ({"sam_rho": 0.1}, 2)])
def test_a_budget_is_never_overspent(budget, extras, cost):
    calls = []

    def spy(w, X, y):
        calls.append(len(X))
        return NETWORK.loss_and_gradient(w, X, y)

    model = NETWORK._replace(loss_and_gradient=spy)
    history = fit(model, DATA, epochs=None, max_evaluations=budget, **extras)
    assert history.evaluations == len(calls) == budget - budget % cost
    assert history.losses.size == budget // cost
    whole = fit(NETWORK, DATA, epochs=3, **extras)
    assert np.array_equal(history.losses, whole.losses[: budget // cost])
    assert history.stopped == "budget"
    assert len(history.val_losses) == 1 + -(-history.losses.size // 4)
    if history.losses.size:
        assert history.val_losses[-1] == NETWORK.evaluate(history.w, *DATA[2:4])[0]


def test_epochs_or_budget_whichever_ends_first():
    assert fit(LINEAR, DATA, epochs=2, max_evaluations=100).stopped == "finished"
    run = fit(LINEAR, DATA, epochs=2, max_evaluations=5, lr=lambda t: 0.1 * 0.5**t)
    assert (run.stopped, run.evaluations) == ("budget", 5)
    assert same(run.losses, fit(LINEAR, DATA, epochs=2, lr=0.1 * 0.5 ** np.arange(8)).losses[:5])


@pytest.mark.parametrize("swallows", [False, True])
def test_a_greedy_sam_step_is_stopped_by_the_counter(swallows):
    def greedy(loss_grad, w, lr, rho):
        try:
            for _ in range(3):
                _, g = loss_grad(w)
        except Exception:
            if not swallows:
                raise
        return w - lr * g

    run = fit(LINEAR, DATA, epochs=None, sam_rho=0.1, sam_step=greedy, max_evaluations=10)
    assert (run.evaluations, run.losses.size, run.stopped) == (10, 3, "budget")


def test_why_a_run_ended(capsys):
    few = digits(n_train=20, label_noise=0.5)
    assert fit(LINEAR, few, epochs=1).stopped == "finished"
    assert fit(NETWORK, few, "sgd", epochs=5, lr=1e6).stopped == "diverged"
    assert fit(NETWORK, few, epochs=60, batch_size=4, lr=0.05, patience=3).stopped == "patience"
    assert fit(LINEAR, DATA, max_evaluations=5, progress=True).stopped == "budget"
    assert "The budget is spent: 5 gradients." in capsys.readouterr().out
