// Part of toylab. Licensed under Apache-2.0; see LICENSE.

#include "philox.h"

#include <math.h>
#include <string.h>

#include "philox_rounds.h"
#include "targets.h"
#include "vector_math_f32.h"

#pragma clang fp contract(fast)

void toylab_philox(const uint32_t counter[4], const uint32_t key[2], uint32_t out[4]) {
  uint64_t words[4] = {counter[0], counter[1], counter[2], counter[3]};
  philox_rounds(&words[0], &words[1], &words[2], &words[3], key[0], key[1]);
  for (int w = 0; w < 4; w++) out[w] = (uint32_t)words[w];
}

toylab_bits toylab_row_bits(toylab_stream stream, uint32_t row, uint32_t block) {
  return bits_of_row(stream, row, block);
}

// Blocks are produced in chunks, word by word (structure of arrays), so that the loop vectorises; the
// arithmetic of a lane does not depend on its place, hence not on how rows are cut into calls.
enum { CHUNK = 128 };

typedef struct {
  uint32_t words[4][CHUNK];
} word_chunk;

/// The rows and blocks of a call: a list of blocks, row by row.
typedef struct {
  uint64_t first_row;
  int64_t rows;
  uint32_t first_block;
  uint32_t blocks_per_row;
} block_list;

/// A chunk of blocks from `start` on in the list; lanes past its end hold numbers that nobody reads.
TOYLAB_BODY(void, fill_words)(word_chunk *chunk, toylab_stream stream, block_list list, int64_t start, uint32_t flag) {
  uint32_t block[CHUNK], row[CHUNK];
  uint64_t at_row = list.first_row + (uint64_t)start / list.blocks_per_row;
  uint32_t at_block = (uint32_t)((uint64_t)start % list.blocks_per_row);
  if (list.blocks_per_row == 1) {
    for (int64_t i = 0; i < CHUNK; i++) {
      block[i] = list.first_block | flag;
      row[i] = (uint32_t)at_row + (uint32_t)i;
    }
  } else {
    for (int64_t i = 0; i < CHUNK; i++) {
      block[i] = (list.first_block + at_block) | flag;
      row[i] = (uint32_t)at_row;
      if (++at_block == list.blocks_per_row) {
        at_block = 0;
        at_row++;
      }
    }
  }
  uint32_t key_low = (uint32_t)stream.key, key_high = (uint32_t)(stream.key >> 32);
  _Pragma("clang loop vectorize(assume_safety)") for (int64_t i = 0; i < CHUNK; i++) {
    uint64_t c0 = block[i], c1 = row[i], c2 = stream.step, c3 = stream.step >> 32;
    philox_rounds(&c0, &c1, &c2, &c3, key_low, key_high);
    chunk->words[0][i] = (uint32_t)c0;
    chunk->words[1][i] = (uint32_t)c1;
    chunk->words[2][i] = (uint32_t)c2;
    chunk->words[3][i] = (uint32_t)c3;
  }
}
TOYLAB_LEVELS(static, void, fill_words, (word_chunk *chunk, toylab_stream stream, block_list list, int64_t start, uint32_t flag),
              (chunk, stream, list, start, flag))

/// The middle of one of 2^24 equal cells of (0, 1); the top one would round to 1.
TOYLAB_INLINE float uniform_of_word_f32(uint32_t word) {
  float u = ((float)(int32_t)(word >> 8) + 0.5f) * 0x1p-24f;
  return u < 1.0f ? u : 0x1.fffffep-1f;
}

/// The middle of one of 2^52 equal cells of (0, 1), inside the cell of the single-precision variate.
TOYLAB_INLINE double uniform_of_words_f64(uint32_t word, uint32_t extra) {
  uint64_t bits = ((uint64_t)word << 20) | (extra >> 12);
  return ((double)bits + 0.5) * 0x1p-52;
}

/// sqrt(-2 log u) for u the middle of one of 2^32 cells. Above one half it is computed from 1 - u, which
/// is exact: u itself, rounded to single precision, would spoil the small radii.
TOYLAB_INLINE float radius_of_word_f32(uint32_t word) {
  int upper = (int32_t)word < 0;
  float distance = ((float)(int32_t)(upper ? ~word : word) + 0.5f) * 0x1p-32f;
  int32_t bits = bits_of_float(upper ? 1.0f - distance : distance);
  int32_t exponent = (bits >> 23) - 127;
  float mantissa = float_of_bits((bits & 0x007fffff) | 0x3f800000);
  int large = mantissa > 1.41421356f;
  float f = (large ? mantissa * 0.5f : mantissa) - 1.0f;
  int32_t e = exponent + (large ? 1 : 0);
  f = upper && e == 0 ? -distance : f;
  // Rounding must not make the argument negative where the radius vanishes.
  float minus_log = -log_of_parts_f32(f, (float)e);
  return __builtin_sqrtf(2.0f * (minus_log > 0.0f ? minus_log : 0.0f));
}

/// The angle 2 pi u is reduced to a quadrant and a remainder while it is still an integer: exactly.
TOYLAB_INLINE void normal_pair_f32(uint32_t first, uint32_t second, float *a, float *b) {
  float radius = radius_of_word_f32(first);
  uint32_t quadrant = (second + 0x20000000u) >> 30;
  int32_t remainder = (int32_t)(second - (quadrant << 30));
  float angle = ((float)remainder + 0.5f) * (6.28318530717958648f * 0x1p-32f);
  *a = radius * sine_of_parts_f32(angle, (int32_t)quadrant + 1);
  *b = radius * sine_of_parts_f32(angle, (int32_t)quadrant);
}

typedef struct {
  float values[4][CHUNK];
} float_chunk;

/// `pairs` is the number of pairs of words in use: 1 or 2.
TOYLAB_BODY(void, uniforms_of_words)(float_chunk *out, const word_chunk *in, int pairs) {
  for (int w = 0; w < 2 * pairs; w++) {
    for (int64_t i = 0; i < CHUNK; i++) out->values[w][i] = uniform_of_word_f32(in->words[w][i]);
  }
}
TOYLAB_LEVELS(static, void, uniforms_of_words, (float_chunk *out, const word_chunk *in, int pairs),
              (out, in, pairs))

TOYLAB_BODY(void, normals_of_words)(float_chunk *out, const word_chunk *in, int pairs) {
  for (int w = 0; w < 2 * pairs; w += 2) {
    _Pragma("clang loop vectorize(assume_safety)") for (int64_t i = 0; i < CHUNK; i++) {
      normal_pair_f32(in->words[w][i], in->words[w + 1][i], &out->values[w][i],
                      &out->values[w + 1][i]);
    }
  }
}
TOYLAB_LEVELS(static, void, normals_of_words, (float_chunk *out, const word_chunk *in, int pairs),
              (out, in, pairs))

// From one array a draw to rows of draws; called with literal `draws`, so that the loop vectorises.
TOYLAB_INLINE void interleave(float *restrict out, const float_chunk *in, int64_t count, int draws) {
  for (int64_t i = 0; i < count; i++) {
    for (int w = 0; w < draws; w++) out[i * draws + w] = in->values[w][i];
  }
}

TOYLAB_BODY(void, copy_rows)(float *out, const float_chunk *in, int64_t count, int draws) {
  switch (draws) {
    case 1: interleave(out, in, count, 1); break;
    case 2: interleave(out, in, count, 2); break;
    case 3: interleave(out, in, count, 3); break;
    default: interleave(out, in, count, 4); break;
  }
}
TOYLAB_LEVELS(static, void, copy_rows, (float *out, const float_chunk *in, int64_t count, int draws),
              (out, in, count, draws))

static block_list list_of_blocks(uint64_t first_row, int64_t rows, uint32_t first_draw,
                                 int64_t draws) {
  block_list list = {first_row, rows, first_draw / 4, (uint32_t)((draws + 3) / 4)};
  return list;
}

static void fill_f32(toylab_stream stream, block_list list, int64_t draws, float *out,
                     int is_normal) {
  int64_t blocks = list.rows * list.blocks_per_row;
  int pairs = draws > 2 ? 2 : 1;
  word_chunk words;
  float_chunk values;
  for (int64_t start = 0; start < blocks; start += CHUNK) {
    int64_t count = blocks - start < CHUNK ? blocks - start : CHUNK;
    fill_words(&words, stream, list, start, 0);
    if (is_normal) {
      normals_of_words(&values, &words, pairs);
    } else {
      uniforms_of_words(&values, &words, pairs);
    }
    if (list.blocks_per_row == 1) {
      copy_rows(out + start * draws, &values, count, (int)draws);
      continue;
    }
    int64_t row = start / list.blocks_per_row, block = start % list.blocks_per_row;
    for (int64_t i = 0; i < count; i++) {
      int64_t first = block * 4;
      int64_t take = draws - first < 4 ? draws - first : 4;
      for (int64_t w = 0; w < take; w++) out[row * draws + first + w] = values.values[w][i];
      if (++block == list.blocks_per_row) {
        block = 0;
        row++;
      }
    }
  }
}

static void normal_pair_f64(double *pair) {
  double radius = sqrt(-2.0 * log(pair[0]));
  double angle = 6.28318530717958647692528676655900577 * pair[1];
  pair[0] = radius * cos(angle);
  pair[1] = radius * sin(angle);
}

static void fill_f64(toylab_stream stream, block_list list, int64_t draws, double *out,
                     int is_normal) {
  int64_t blocks = list.rows * list.blocks_per_row;
  word_chunk words, extra;
  for (int64_t start = 0; start < blocks; start += CHUNK) {
    int64_t count = blocks - start < CHUNK ? blocks - start : CHUNK;
    fill_words(&words, stream, list, start, 0);
    fill_words(&extra, stream, list, start, EXTRA_BITS);
    int64_t row = start / list.blocks_per_row, block = start % list.blocks_per_row;
    for (int64_t i = 0; i < count; i++) {
      int64_t first = block * 4;
      int64_t take = draws - first < 4 ? draws - first : 4;
      double values[4];
      for (int w = 0; w < 4; w++) {
        values[w] = uniform_of_words_f64(words.words[w][i], extra.words[w][i]);
      }
      for (int64_t w = 0; is_normal && w < take; w += 2) normal_pair_f64(values + w);
      for (int64_t w = 0; w < take; w++) out[row * draws + first + w] = values[w];
      if (++block == list.blocks_per_row) {
        block = 0;
        row++;
      }
    }
  }
}

void toylab_uniform_f32(toylab_stream stream, uint64_t first_row, int64_t rows, uint32_t first_draw,
                        int64_t draws, float *out) {
  fill_f32(stream, list_of_blocks(first_row, rows, first_draw, draws), draws, out, 0);
}

void toylab_normal_f32(toylab_stream stream, uint64_t first_row, int64_t rows, uint32_t first_draw,
                       int64_t draws, float *out) {
  fill_f32(stream, list_of_blocks(first_row, rows, first_draw, draws), draws, out, 1);
}

void toylab_uniform_f64(toylab_stream stream, uint64_t first_row, int64_t rows, uint32_t first_draw,
                        int64_t draws, double *out) {
  fill_f64(stream, list_of_blocks(first_row, rows, first_draw, draws), draws, out, 0);
}

void toylab_normal_f64(toylab_stream stream, uint64_t first_row, int64_t rows, uint32_t first_draw,
                       int64_t draws, double *out) {
  fill_f64(stream, list_of_blocks(first_row, rows, first_draw, draws), draws, out, 1);
}
