#!/usr/bin/env python3
# Part of toylab. Licensed under Apache-2.0; see LICENSE.
"""Fits the approximations of Sources/CKernels/vector_math_f32.h and vector_math_f64.h and prints their
coefficients, constant term first, with the largest weighted error in units of 2^-24 or 2^-53.

Every fit is a minimax fit in monomials, found by Remez's exchange in high precision. The weight
turns an error of the fitted factor into a relative error of the function. Needs mpmath.

The polynomials of log_of_parts_f32 and sine_of_parts_f32, which the random streams depend on to the bit, are
older least-squares fits with the same weights and are kept as they are."""

import struct
import mpmath as mp

mp.mp.dps = 60


def remez(f, a, b, degree, weight, rounds=40, samples=1200):
    """Coefficients of the polynomial P with the least maximum of |weight (f - P)| on [a, b], and that maximum."""
    a, b = mp.mpf(a), mp.mpf(b)
    # Chebyshev nodes stay off the interval's ends, where the formulas of f may divide zero by zero.
    grid = [(a + b) / 2 - (b - a) / 2 * mp.cos(mp.pi * (i + mp.mpf(1) / 2) / samples)
            for i in range(samples)]
    values, weights = [f(x) for x in grid], [weight(x) for x in grid]
    count = degree + 2
    points = [round((samples - 1) * (1 - mp.cos(mp.pi * i / (count - 1))) / 2) for i in range(count)]
    for _ in range(rounds):
        matrix, right = mp.matrix(count, count), mp.matrix(count, 1)
        for row, point in enumerate(points):
            for k in range(degree + 1):
                matrix[row, k] = grid[point] ** k
            matrix[row, degree + 1] = (-1) ** row / weights[point]
            right[row] = values[point]
        p = list(mp.lu_solve(matrix, right))[: degree + 1]
        errors = [w * (y - mp.polyval(p[::-1], x)) for x, y, w in zip(grid, values, weights)]
        # One extreme in every run of equal signs; the smaller outer ones are dropped.
        extremes = []
        for i, error in enumerate(errors):
            if extremes and (error > 0) == (errors[extremes[-1]] > 0):
                if abs(error) > abs(errors[extremes[-1]]):
                    extremes[-1] = i
            else:
                extremes.append(i)
        while len(extremes) > count:
            extremes.pop(0 if abs(errors[extremes[0]]) < abs(errors[extremes[-1]]) else -1)
        worst = max(abs(e) for e in errors)
        if len(extremes) < count or extremes == points:
            break
        points = extremes
    return p, worst


def single(value):
    return struct.unpack("f", struct.pack("f", float(value)))[0]


def fit(name, bits, *arguments):
    p, worst = remez(*arguments)
    text = (lambda c: f"{single(c):.9g}f") if bits == 24 else (lambda c: repr(float(c)))
    print(f"{name}: {float(worst * mp.mpf(2) ** bits):.3f} x 2^-{bits}")
    print("  ", ", ".join(text(c) for c in p))


def exponential(r):
    """(exp(r) - 1 - r) / r^2"""
    return (mp.expm1(r) - r) / r ** 2


def logarithm_of_ratio(z):
    """(2 atanh(s) - 2 s) / s^3 with z = s^2"""
    s = mp.sqrt(z)
    return (2 * mp.atanh(s) - 2 * s) / (s * z)


def sine(s):
    """(sin(r) / r - 1) / r^2 with s = r^2"""
    r = mp.sqrt(s)
    return (mp.sin(r) / r - 1) / s


def error_exponent(x):
    """-log(erfc(x)) / x - 9/8, whose value at 0 is small, so that rounding its coefficients does little harm"""
    return -mp.log(mp.erfc(x)) / x - mp.mpf(9) / 8


def weight_of_error_exponent(x):
    """The share of an error of error_exponent that arrives in erf(x)."""
    return x * mp.erfc(x) / mp.erf(x)


if __name__ == "__main__":
    ln2, quarter = mp.log(2), (mp.pi / 2) ** 2

    print("vector_math_f32.h")
    fit("expm1(r) = r + r^2 P(r)", 24, exponential, -ln2 / 2, ln2 / 2, 4,
        lambda r: abs(r * r / mp.expm1(r)))
    fit("sin(r) = r + r s P(s), s = r^2", 24, sine, 0, quarter, 3, lambda s: s / (1 + s * sine(s)))
    fit("-log(erfc(x)) = 9/8 x + x P(x)", 24, error_exponent, 0, 4, 8, weight_of_error_exponent)

    print("vector_math_f64.h")
    fit("expm1(r) = r + r^2 P(r)", 53, exponential, -ln2 / 2, ln2 / 2, 9,
        lambda r: abs(r * r / mp.expm1(r)))
    fit("2 atanh(s) = 2 s + s z P(z), z = s^2", 53, logarithm_of_ratio, 0, (3 - mp.sqrt(8)) ** 2, 6,
        lambda z: z / 2)
    fit("sin(r) = r + r s P(s), s = r^2", 53, sine, 0, quarter, 7, lambda s: s / (1 + s * sine(s)))
    fit("-log(erfc(x)) = 9/8 x + x P(x)", 53, error_exponent, 0, 6, 23, weight_of_error_exponent)
