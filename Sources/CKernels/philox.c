// Part of toylab. Licensed under Apache-2.0; see LICENSE.

#include "philox.h"

#include <math.h>
#include <string.h>

#include "targets.h"
#include "vector_math_f32.h"

#pragma clang fp contract(fast)

TOYLAB_INLINE void philox_rounds(uint32_t *c0, uint32_t *c1, uint32_t *c2, uint32_t *c3,
                                 uint32_t k0, uint32_t k1) {
  for (int round = 0; round < 10; round++) {
    uint64_t low = (uint64_t)0xD2511F53u * *c0;
    uint64_t high = (uint64_t)0xCD9E8D57u * *c2;
    uint32_t n0 = (uint32_t)(high >> 32) ^ *c1 ^ k0;
    uint32_t n2 = (uint32_t)(low >> 32) ^ *c3 ^ k1;
    *c1 = (uint32_t)high;
    *c3 = (uint32_t)low;
    *c0 = n0;
    *c2 = n2;
    k0 += 0x9E3779B9u;
    k1 += 0xBB67AE85u;
  }
}

void toylab_philox(const uint32_t counter[4], const uint32_t key[2], uint32_t out[4]) {
  memcpy(out, counter, 4 * sizeof out[0]);
  philox_rounds(&out[0], &out[1], &out[2], &out[3], key[0], key[1]);
}

// Blocks are produced in chunks, word by word (structure of arrays), so that the loop vectorises; the
// arithmetic of a lane does not depend on its place, hence not on how rows are cut into calls.
enum { CHUNK = 128 };
static const uint32_t EXTRA_BITS = 0x80000000u;

typedef struct {
  uint32_t words[4][CHUNK];
} word_chunk;

/// A chunk of blocks from `start` on in the row-major list (row, block of the row).
TOYLAB_CLONES static void fill_words(word_chunk *chunk, toylab_stream stream, uint64_t first_row,
                                     uint32_t first_block, uint32_t blocks_per_row, int64_t start,
                                     uint32_t flag) {
  uint32_t block[CHUNK], row[CHUNK];
  uint64_t at_row = first_row + (uint64_t)start / blocks_per_row;
  uint32_t at_block = (uint32_t)((uint64_t)start % blocks_per_row);
  for (int64_t i = 0; i < CHUNK; i++) {
    block[i] = (first_block + at_block) | flag;
    row[i] = (uint32_t)at_row;
    if (++at_block == blocks_per_row) {
      at_block = 0;
      at_row++;
    }
  }
  uint32_t step_low = (uint32_t)stream.step, step_high = (uint32_t)(stream.step >> 32);
  uint32_t key_low = (uint32_t)stream.key, key_high = (uint32_t)(stream.key >> 32);
  _Pragma("clang loop vectorize(assume_safety)") for (int64_t i = 0; i < CHUNK; i++) {
    uint32_t c0 = block[i], c1 = row[i], c2 = step_low, c3 = step_high;
    philox_rounds(&c0, &c1, &c2, &c3, key_low, key_high);
    chunk->words[0][i] = c0;
    chunk->words[1][i] = c1;
    chunk->words[2][i] = c2;
    chunk->words[3][i] = c3;
  }
}

/// The middle of one of 2^24 equal cells of (0, 1).
TOYLAB_INLINE float uniform_of_word_f32(uint32_t word) {
  return ((float)(word >> 8) + 0.5f) * 0x1p-24f;
}

/// The middle of one of 2^52 equal cells of (0, 1), inside the cell of the single-precision variate.
TOYLAB_INLINE double uniform_of_words_f64(uint32_t word, uint32_t extra) {
  uint64_t bits = ((uint64_t)word << 20) | (extra >> 12);
  return ((double)bits + 0.5) * 0x1p-52;
}

TOYLAB_INLINE void normal_pair_f32(float u, float v, float *a, float *b) {
  float radius = __builtin_sqrtf(-2.0f * log_f32(u));
  float angle = 6.28318530717958648f * v;
  *a = radius * cos_f32(angle);
  *b = radius * sin_f32(angle);
}

typedef struct {
  float values[4][CHUNK];
} float_chunk;

TOYLAB_CLONES static void uniforms_of_words(float_chunk *out, const word_chunk *in) {
  for (int w = 0; w < 4; w++) {
    for (int64_t i = 0; i < CHUNK; i++) {
      // The top cell would round to 1.
      float u = uniform_of_word_f32(in->words[w][i]);
      out->values[w][i] = u < 1.0f ? u : 0x1.fffffep-1f;
    }
  }
}

TOYLAB_CLONES static void normals_of_uniforms(float_chunk *chunk) {
  for (int w = 0; w < 4; w += 2) {
    _Pragma("clang loop vectorize(assume_safety)") for (int64_t i = 0; i < CHUNK; i++) {
      normal_pair_f32(chunk->values[w][i], chunk->values[w + 1][i], &chunk->values[w][i],
                      &chunk->values[w + 1][i]);
    }
  }
}

static void fill_f32(toylab_stream stream, uint64_t first_row, int64_t rows, uint32_t first_draw,
                     int64_t draws, float *out, int is_normal) {
  uint32_t blocks_per_row = (uint32_t)((draws + 3) / 4);
  int64_t blocks = rows * blocks_per_row;
  word_chunk words;
  float_chunk values;
  for (int64_t start = 0; start < blocks; start += CHUNK) {
    int64_t count = blocks - start < CHUNK ? blocks - start : CHUNK;
    fill_words(&words, stream, first_row, first_draw / 4, blocks_per_row, start, 0);
    uniforms_of_words(&values, &words);
    if (is_normal) normals_of_uniforms(&values);
    int64_t row = start / blocks_per_row, block = start % blocks_per_row;
    for (int64_t i = 0; i < count; i++) {
      int64_t first = block * 4;
      int64_t take = draws - first < 4 ? draws - first : 4;
      for (int64_t w = 0; w < take; w++) out[row * draws + first + w] = values.values[w][i];
      if (++block == blocks_per_row) {
        block = 0;
        row++;
      }
    }
  }
}

static void fill_f64(toylab_stream stream, uint64_t first_row, int64_t rows, uint32_t first_draw,
                     int64_t draws, double *out, int is_normal) {
  uint32_t blocks_per_row = (uint32_t)((draws + 3) / 4);
  int64_t blocks = rows * blocks_per_row;
  word_chunk words, extra;
  for (int64_t start = 0; start < blocks; start += CHUNK) {
    int64_t count = blocks - start < CHUNK ? blocks - start : CHUNK;
    fill_words(&words, stream, first_row, first_draw / 4, blocks_per_row, start, 0);
    fill_words(&extra, stream, first_row, first_draw / 4, blocks_per_row, start, EXTRA_BITS);
    int64_t row = start / blocks_per_row, block = start % blocks_per_row;
    for (int64_t i = 0; i < count; i++) {
      double values[4];
      for (int w = 0; w < 4; w++) {
        values[w] = uniform_of_words_f64(words.words[w][i], extra.words[w][i]);
      }
      for (int w = 0; is_normal && w < 4; w += 2) {
        double radius = sqrt(-2.0 * log(values[w]));
        double angle = 6.28318530717958647692528676655900577 * values[w + 1];
        values[w] = radius * cos(angle);
        values[w + 1] = radius * sin(angle);
      }
      int64_t first = block * 4;
      int64_t take = draws - first < 4 ? draws - first : 4;
      for (int64_t w = 0; w < take; w++) out[row * draws + first + w] = values[w];
      if (++block == blocks_per_row) {
        block = 0;
        row++;
      }
    }
  }
}

void toylab_uniform_f32(toylab_stream stream, uint64_t first_row, int64_t rows, uint32_t first_draw,
                        int64_t draws, float *out) {
  fill_f32(stream, first_row, rows, first_draw, draws, out, 0);
}

void toylab_normal_f32(toylab_stream stream, uint64_t first_row, int64_t rows, uint32_t first_draw,
                       int64_t draws, float *out) {
  fill_f32(stream, first_row, rows, first_draw, draws, out, 1);
}

void toylab_uniform_f64(toylab_stream stream, uint64_t first_row, int64_t rows, uint32_t first_draw,
                        int64_t draws, double *out) {
  fill_f64(stream, first_row, rows, first_draw, draws, out, 0);
}

void toylab_normal_f64(toylab_stream stream, uint64_t first_row, int64_t rows, uint32_t first_draw,
                       int64_t draws, double *out) {
  fill_f64(stream, first_row, rows, first_draw, draws, out, 1);
}
