#!/usr/bin/env python3
# Part of toylab. Licensed under Apache-2.0; see LICENSE.
"""Writes Tests/EnginesTests/Fixtures/vector_math.json: values of elementary functions far beyond double precision,
against which the double-precision vector functions are tested. Needs mpmath.

An entry [x, y, r] says that the function is y + r ulp(y) at x, with y the double nearest to it."""

import json
import pathlib
import random
import sys
import mpmath as mp

mp.mp.prec = 2400  # 1 + exp(-744) needs every bit of it

FUNCTIONS = {
    "exponential": mp.exp,
    "logarithm": mp.log,
    "sine": mp.sin,
    "cosine": mp.cos,
    "tanh": mp.tanh,
    "sigmoid": lambda x: 1 / (1 + mp.exp(-x)),
    "erf": mp.erf,
}

# Where values are spread evenly, and arguments worth a test of their own.
RANGES = {
    "exponential": [(-1, 1, 60), (-745, 709, 80)],
    "logarithm": [(0.5, 2, 80), (0, 100, 20)],
    "sine": [(-10, 10, 80), (-1e6, 1e6, 60)],
    "cosine": [(-10, 10, 80), (-1e6, 1e6, 60)],
    "tanh": [(-1, 1, 60), (-20, 20, 60)],
    "sigmoid": [(-10, 10, 80), (-745, 40, 60)],
    "erf": [(-1, 1, 60), (-6, 6, 80)],
}
EDGES = {
    "exponential": [709.782712893384, -708.3964185322641, -745.1332191019411, 0.34657359027997264],
    "logarithm": [5e-324, 2.2250738585072014e-308, 1.7976931348623157e308, 0.7071067811865475,
                  0.7071067811865476, 1.4142135623730951, 0.9999999999999999, 1.0000000000000002],
    # The doubles nearest to multiples of pi and pi/2, where the reduction cancels.
    "sine": [float(k * mp.pi) for k in (1, 2, 3, 22, 355, 103993, 333772)],
    "cosine": [float((k + mp.mpf(1) / 2) * mp.pi) for k in (0, 1, 2, 22, 355, 103993, 333771)],
    "tanh": [19.0, 18.99, 22.0, 0.17328679513998632],
    "sigmoid": [36.7, 37.0, -708.5, -744.4],
    "erf": [5.9, 5.93, 5.999, 6.001, 1e-9],
}
TINY = [5e-324, -5e-324, 2.5e-308, -3e-200, 1e-30, -7e-17, 1e-8, -3e-5, 0.001]


def ulp(y):
    mantissa, exponent = mp.frexp(mp.mpf(y))
    return mp.mpf(2) ** max(int(exponent) - 53, -1074)


def nearest(value):
    """The double nearest to a high-precision number, subnormal ones included."""
    unit = ulp(value)
    return float(mp.nint(value / unit) * unit)


def entries(name, generator):
    points = [float(f"{generator.uniform(a, b):.7g}") for a, b, count in RANGES[name] for _ in range(count)]
    points += EDGES[name] + [x for x in TINY if name != "logarithm" or x > 0]
    result = []
    for x in points:
        exact = FUNCTIONS[name](mp.mpf(x))
        y = nearest(exact)
        result.append([x, y, round(float((exact - mp.mpf(y)) / ulp(y if y else exact)), 3)])
    return result


if __name__ == "__main__":
    folder = pathlib.Path(sys.argv[0]).resolve().parent.parent
    path = folder / "Tests" / "EnginesTests" / "Fixtures" / "vector_math.json"
    generator = random.Random(7)
    text = ",\n".join(
        f'"{name}": [\n' + ",\n".join(json.dumps(entry) for entry in entries(name, generator)) + "]"
        for name in FUNCTIONS)
    path.write_text("{\n" + text + "\n}\n")
