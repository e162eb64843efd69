"""Questions of chapter 6: predict, then run."""

from __future__ import annotations

import numpy as np

from ..rows import question

CURVATURE, RATE, RADIUS = 4.0, 0.1, 0.5


def _two_cycle():
    w = 1.0
    for _ in range(200):
        nearby = w + RADIUS * np.sign(w)
        w = w - RATE * CURVATURE * nearby
    return abs(w)


def at_rest():
    """the weight comes to rest at the minimum

    It would, under gradient descent. SAM takes the gradient rho further up the side, where it is at
    least 4 · rho, however close to the minimum the weight is. So each step leads across.
    """
    return 0.0


def at_the_radius():
    """the weight stays rho away

    The perturbation has the length rho, the weight itself is pulled in far closer. Put w = a into one
    step and ask for w = −a after it: −a = a − lr · 4 · (a + rho).
    """
    return RADIUS


def one_jump():
    """the distance is that of one step from the minimum

    From w = 0 a step would be lr · 4 · rho = 0.2 long. But w is not at 0 when it is taken: put w = a into
    one step and ask for w = −a after it: −a = a − lr · 4 · (a + rho).
    """
    return RATE * CURVATURE * RADIUS


def half_a_jump():
    """the distance is half a step, without the pull of the weight itself

    Going to and fro by lr · 4 · rho would give half of that on either side. The gradient also has the
    part 4 · w, which makes the step longer: −a = a − lr · 4 · (a + rho).
    """
    return RATE * CURVATURE * RADIUS / 2


TWO_CYCLE = question(
    "two_cycle",
    "06_sharpness",
    title="Where does SAM end up on a parabola?",
    section="sec-two-cycle",
    answer=_two_cycle,
    wrong=(at_rest, at_the_radius, one_jump, half_a_jump),
)

CHOICES = ("outputs", "sharpness", "both", "neither")


def _changed_by_rescaling():
    """Measure both on a network of one hidden unit, from x = 1 to an output of 1."""

    def network(w):
        return max(w[0], 0.0) * w[1]

    def worst(w, rho=0.05, directions=720):
        # With the target 1 reached, the loss ½ (output − 1)² is zero at w.
        angles = 2 * np.pi * np.arange(directions) / directions
        around = w + rho * np.column_stack([np.cos(angles), np.sin(angles)])
        return max(0.5 * (network(place) - 1.0) ** 2 for place in around)

    before, after = np.array([1.0, 1.0]), np.array([10.0, 0.1])
    outputs = not np.isclose(network(before), network(after))
    sharpness = not np.isclose(worst(before), worst(after))
    return {(True, False): "outputs", (False, True): "sharpness", (True, True): "both"}.get(
        (outputs, sharpness), "neither"
    )


def outputs_change():
    """the outputs are thought to change

    For c > 0, max(c z, 0) = c max(z, 0): what the first layer gains the second one loses, and every
    output stays what it was. But the same step in W2 is now worth ten times as much.
    """
    return "outputs"


def both_change():
    """the outputs are thought to change as well

    For c > 0, max(c z, 0) = c max(z, 0): what the first layer gains the second one loses, and every
    output stays what it was. Only the sharpness changes.
    """
    return "both"


def neither_changes():
    """sharpness is thought to belong to the function

    The outputs stay the same, but sharpness is measured in steps of the weights, and a step of length
    rho now is a far larger share of W2 than before. Sharpness belongs to the weights, not to the
    function they compute.
    """
    return "neither"


CHANGED_BY_RESCALING = question(
    "changed_by_rescaling",
    "06_sharpness",
    title="What changes when a network is rescaled?",
    section="sec-rescaling",
    answer=_changed_by_rescaling,
    choices=CHOICES,
    wrong=(outputs_change, both_change, neither_changes),
)
