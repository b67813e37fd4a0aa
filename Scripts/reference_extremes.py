#!/usr/bin/env python3
# Part of toylab. Licensed under Apache-2.0; see LICENSE.
"""Writes Tests/GroundTruthTests/Fixtures/extremes.json: exact values at the ends of the range.

Everything is evaluated with mpmath in 80 digits from the dense formulas (inverses and determinants, no
eigenbasis, no ordinary differential equation), so that it shares no step with the library:
one Gaussian has a closed flow map, and in one dimension the flow map of any mixture is the monotone map
F_s^{-1}(F_t(x)) between the two laws. In more dimensions a mixture's points have s = t.

Covered: t = 0, t = T, |x| up to 25, variances down to 1e-12, weights down to 1e-6, dimensions 1, 2, 3, 5.
Where entries of the Jacobian of a mixture vanish identically and only rounding is left to compare, the
time is moved: from T to 0.95 T (trigonometric), and from 0 to 0.02 T in five dimensions.
"""
import json
import random

from mpmath import cos, det, exp, eye, inverse, log, matrix, mp, mpf, ncdf, pi, sin, sqrt

mp.dps = 80
END = {"linear": 1.0, "trigonometric": float(pi / 2)}
random.seed(5)


def uniform(low=-2, high=2):
    return round(random.uniform(low, high), 3)


def covariance(dimension, scale):
    """A random positive definite matrix."""
    a = [[uniform(-1, 1) for _ in range(dimension)] for _ in range(dimension)]
    product = [[sum(p * q for p, q in zip(r, s)) for s in a] for r in a]
    for i in range(dimension):
        product[i][i] += 0.3
        for j in range(i):
            product[j][i] = product[i][j]
    return [[scale * v for v in row] for row in product]


def column(values):
    return matrix([mpf(v) for v in values])


def square(rows):
    return matrix([[mpf(v) for v in row] for row in rows])


def schedule(interpolant, time):
    t = mpf(time)
    if interpolant == "linear":
        return 1 - t, t, mpf(-1), mpf(1)
    return cos(t), sin(t), -sin(t), cos(t)


def components(mixture):
    total = sum(mpf(w) for w in mixture["weights"])
    for w, m, c in zip(mixture["weights"], mixture["means"], mixture["covariances"]):
        yield mpf(w) / total, column(m), square(c)


def closed_forms(mixture, interpolant, point, time):
    d = len(point)
    a, s, a_rate, s_rate = schedule(interpolant, time)
    x, one, parts = column(point), eye(d), []
    for w, m, c in components(mixture):
        p = a**2 * c + s**2 * one
        b = a * a_rate * c + s * s_rate * one
        precision, y = inverse(p), x - a * m
        log_density = (log(w) - (y.T * precision * y)[0] / 2 - log(det(p)) / 2
                       - mpf(d) / 2 * log(2 * pi))
        spread = a_rate**2 * c + s_rate**2 * one - b * precision * b.T
        velocity = a_rate * m + b * precision * y
        parts.append((log_density, -(precision * y), velocity, spread, b * precision))
    top = max(p[0] for p in parts)
    total = sum(exp(p[0] - top) for p in parts)
    shares = [exp(p[0] - top) / total for p in parts]

    def mean(terms, columns):
        return sum((r * term for r, term in zip(shares, terms)), matrix(d, columns))

    score = mean([p[1] for p in parts], 1)
    velocity = mean([p[2] for p in parts], 1)
    spread = mean([p[3] + (p[2] - velocity) * (p[2] - velocity).T for p in parts], d)
    jacobian = mean([p[4] + p[2] * (p[1] - score).T for p in parts], d)
    return top + log(total), score, velocity, spread, jacobian


def map_of_one_gaussian(mixture, interpolant, point, t, s):
    (_, m, c), = components(mixture)
    values, vectors = mp.eigsy(c)
    (a, b, _, _), (a_end, b_end, _, _) = schedule(interpolant, t), schedule(interpolant, s)
    scale = matrix(len(point), len(point))
    for i, v in enumerate(values):
        scale[i, i] = sqrt((a_end**2 * v + b_end**2) / (a**2 * v + b**2))
    jacobian = vectors * scale * vectors.T
    return a_end * m + jacobian * (column(point) - a * m), jacobian


def map_in_one_dimension(mixture, interpolant, point, t, s):
    def law(time):
        a, b, _, _ = schedule(interpolant, time)
        return [(w, a * m[0], sqrt(a**2 * c[0, 0] + b**2)) for w, m, c in components(mixture)]

    def tail(law, y, side):
        return sum(w * ncdf(side * (y - m) / q) for w, m, q in law)

    def density(law, y):
        return sum(w * exp(-((y - m) / q) ** 2 / 2) / q / sqrt(2 * pi) for w, m, q in law)

    start, end, x = law(t), law(s), mpf(point[0])
    side = 1 if tail(start, x, 1) < mpf(1) / 2 else -1
    wanted = log(tail(start, x, side))
    low, high = mpf(-3000), mpf(3000)
    for _ in range(60):
        middle = (low + high) / 2
        if (log(tail(end, middle, side)) < wanted) == (side == 1):
            low = middle
        else:
            high = middle
    y = (low + high) / 2
    for _ in range(12):
        y -= (log(tail(end, y, side)) - wanted) * tail(end, y, side) / (side * density(end, y))
    return matrix([y]), matrix([[density(start, x) / density(end, y)]])


def flow_map(mixture, interpolant, point, t, s):
    """None where no closed form is known."""
    if t == s:
        return column(point), eye(len(point))
    if len(mixture["weights"]) == 1:
        return map_of_one_gaussian(mixture, interpolant, point, t, s)
    if len(point) == 1:
        return map_in_one_dimension(mixture, interpolant, point, t, s)
    return None


def floats(values):
    return [float(v) for v in values]


def rows(values):
    return [[float(values[i, j]) for j in range(values.cols)] for i in range(values.rows)]


def reference_point(mixture, interpolant, x, t, s):
    if flow_map(mixture, interpolant, x, t, s) is None:
        s = t
    log_density, score, velocity, spread, jacobian = closed_forms(mixture, interpolant, x, t)
    value, derivative = flow_map(mixture, interpolant, x, t, s)
    return {
        "x": x, "t": t, "s": s, "logDensity": float(log_density), "score": floats(score),
        "velocity": floats(velocity), "velocityCovariance": rows(spread),
        "velocityJacobian": rows(jacobian), "flowMap": floats(value),
        "flowMapJacobian": rows(derivative),
    }


MIXTURES = [
    {"mixture": "point", "weights": [1], "means": [[0.7]], "covariances": [[[1e-12]]]},
    {"mixture": "needle", "weights": [1], "means": [[0.5, -0.25]],
     "covariances": [[[1.0, 0.0], [0.0, 1e-10]]]},
    {"mixture": "single3", "weights": [2.5], "means": [[0.7, -1.1, 0.2]],
     "covariances": [covariance(3, 0.2)]},
    {"mixture": "pair1", "weights": [0.3, 0.7], "means": [[-1.0], [1.0]],
     "covariances": [[[0.04]], [[0.09]]]},
    {"mixture": "dust2", "weights": [1e-6, 1, 3], "means": [[1, 1], [-1, 0.5], [0.2, -1]],
     "covariances": [[[1e-12, 0], [0, 1e-12]], [[1e-8, 0], [0, 1e-8]], [[0.5, 0.2], [0.2, 0.4]]]},
    {"mixture": "five", "weights": [0.2, 0.5, 0.3],
     "means": [[uniform() for _ in range(5)] for _ in range(3)],
     "covariances": [covariance(5, 0.3) for _ in range(3)]},
]
TIMES = [(0.0, 0.5), (1e-6, 0.3), (0.25, 0.9), (0.6, 0.1), (0.95, 0.2), (1.0, 0.0)]


def entry(mixture, interpolant):
    end, dimension = END[interpolant], len(mixture["means"][0])
    is_single = len(mixture["weights"]) == 1
    # Towards s = 0 a nearly degenerate Gaussian contracts below the tolerance of any integrator.
    earliest = 0.05 if mixture["mixture"] in ("point", "needle") else 0.0
    points = []
    for start, finish in TIMES:
        if start == 1.0 and interpolant == "trigonometric" and not is_single:
            start = 0.95
        if start == 0.0 and dimension == 5:
            start = 0.02
        t, s = start * end, max(finish, earliest) * end
        places = [[round(uniform(-1.5, 1.5) * far, 6) for _ in range(dimension)]
                  for far in (1.0, 10.0)]
        if start != 1e-6:
            a, b, _, _ = schedule(interpolant, t)
            mean = random.choice(mixture["means"])
            places.append([float(a * mpf(m) + b * mpf(uniform(-1, 1))) for m in mean])
        points += [reference_point(mixture, interpolant, x, t, s) for x in places]
    steps = []
    for _ in range(3 if is_single or dimension == 1 else 0):
        x = [uniform() for _ in range(dimension)]
        value, _ = flow_map(mixture, interpolant, x, end, 0.0)
        steps.append({"x": x, "t": end, "s": 0.0, "flowMap": floats(value)})
    return {**mixture, "interpolant": interpolant, "points": points, "oneStep": steps}


if __name__ == "__main__":
    with open("Tests/GroundTruthTests/Fixtures/extremes.json", "w") as file:
        json.dump([entry(m, i) for m in MIXTURES for i in END], file, separators=(",", ":"))
        file.write("\n")
