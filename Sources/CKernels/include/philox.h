// Part of toylab. Licensed under Apache-2.0; see LICENSE.
//
// Philox 4x32-10 (Salmon, Moraes, Dror, Shaw, "Parallel random numbers: as easy as 1, 2, 3", SC 2011)
// and the variates drawn from it.
//
// A draw is addressed by (key, step, row, draw): four consecutive draws share one counter block
// {block, row, step low, step high}. A single-precision uniform uses the top 24 bits of its word and a
// single-precision normal all 32; a double-precision variate adds 20 bits of a second block with the top
// bit of `block` set. The former is therefore the latter rounded: uniforms to 2^-24, and normals r cos, r
// sin with r = sqrt(-2 log u) to 2^-32 / (u r) + 6 * 2^-24 max(1, r).

#ifndef TOYLAB_PHILOX_H
#define TOYLAB_PHILOX_H

#include <stdint.h>

typedef struct {
  uint64_t key;
  uint64_t step;
} toylab_stream;

/// One block of the bijection itself.
void toylab_philox(const uint32_t counter[4], const uint32_t key[2], uint32_t out[4]);

typedef struct {
  uint64_t low, high;
} toylab_bits;

/// Raw bits of a row, from blocks that no variate below uses. `block` is less than 2^30.
toylab_bits toylab_row_bits(toylab_stream stream, uint32_t row, uint32_t block);

// Rows `first_row ..< first_row + rows`, draws `first_draw ..< first_draw + draws`, row-major.
// `first_draw` is a multiple of 4. Uniforms lie in the open interval (0, 1).
void toylab_uniform_f32(toylab_stream stream, uint64_t first_row, int64_t rows, uint32_t first_draw,
                        int64_t draws, float *out);
void toylab_uniform_f64(toylab_stream stream, uint64_t first_row, int64_t rows, uint32_t first_draw,
                        int64_t draws, double *out);
// Standard normals by Box and Muller's method: draws 2k and 2k + 1 are one pair.
void toylab_normal_f32(toylab_stream stream, uint64_t first_row, int64_t rows, uint32_t first_draw,
                       int64_t draws, float *out);
void toylab_normal_f64(toylab_stream stream, uint64_t first_row, int64_t rows, uint32_t first_draw,
                       int64_t draws, double *out);

#endif
