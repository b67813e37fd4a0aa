// Part of toylab. Licensed under Apache-2.0; see LICENSE.
//
// Variates made from the uniform ones of philox.h.

#ifndef TOYLAB_VARIATES_H
#define TOYLAB_VARIATES_H

#include <stdint.h>

#include "philox.h"

/// Draws of Beta(a, b), in the open interval (0, 1): rows `first_row ..< first_row + rows`, `draws` of
/// each, row-major.
///
/// Where `a` or `b` is 1, the uniform draw's distribution function is inverted by the C library's power
/// function. Otherwise a draw is X / (X + Y) for gamma variates X, Y of shapes `a` and `b`, computed in
/// double precision in both functions from the bits of toylab_row_bits, taken one after the other; these
/// draws do not depend on the machine.
void toylab_beta_f32(toylab_stream stream, uint64_t first_row, int64_t rows, int64_t draws, double a,
                     double b, float *out);
void toylab_beta_f64(toylab_stream stream, uint64_t first_row, int64_t rows, int64_t draws, double a,
                     double b, double *out);

/// Multiplies `count` values by `factor`.
void toylab_scale_f32(float *values, int64_t count, float factor);
void toylab_scale_f64(double *values, int64_t count, double factor);

/// Of each of `count` pairs, the larger and the smaller number times `factor`.
void toylab_sort_pairs_f32(const float *pairs, int64_t count, float factor, float *larger,
                           float *smaller);
void toylab_sort_pairs_f64(const double *pairs, int64_t count, double factor, double *larger,
                           double *smaller);

#endif
