// Part of toylab. Licensed under Apache-2.0; see LICENSE.

#include "variates.h"

#include <float.h>
#include <math.h>
#include <string.h>

#include "philox_rounds.h"
#include "targets.h"

// No product is fused with a sum: the bits do not depend on what the machine can fuse.
#pragma clang fp contract(off)

// MARK: - Elementary functions
//
// Plain series, long enough for double precision on their reduced ranges: errors of one or two roundings,
// without branches or tables.

TOYLAB_INLINE double double_of_bits(uint64_t bits) {
  double value;
  memcpy(&value, &bits, sizeof value);
  return value;
}

TOYLAB_INLINE uint64_t bits_of_double(double value) {
  uint64_t bits;
  memcpy(&bits, &value, sizeof bits);
  return bits;
}

// The logarithm of 2 in two parts; products of the first with exponents are exact.
static const double LOG2_HIGH = 0x1.62e42fefap-1, LOG2_LOW = 0x1.cf79abc9e3b3ap-40;

// Adding and subtracting 1.5 * 2^52 rounds to the nearest integer, which is also left in the low bits.
static const double ROUNDING = 0x1.8p52;

/// log x for normal positive x: 2^e m with m between sqrt(1/2) and sqrt(2), and log m = 2 artanh s.
TOYLAB_INLINE double log_f64(double x) {
  uint64_t bits = bits_of_double(x);
  // The exponent counts from the place of sqrt(1/2), so that it steps where m does.
  uint64_t shifted = bits - 0x3fe6a09e667f3bcdu + (1023ull << 52);
  int64_t exponent = (int64_t)(shifted >> 52) - 1023;
  double m = double_of_bits(bits - ((uint64_t)exponent << 52));
  double e = double_of_bits((uint64_t)(exponent + (int64_t)bits_of_double(ROUNDING))) - ROUNDING;
  double f = m - 1;
  double s = f / (2 + f), z = s * s;
  double p = 1.0 / 23;
  p = p * z + 1.0 / 21;
  p = p * z + 1.0 / 19;
  p = p * z + 1.0 / 17;
  p = p * z + 1.0 / 15;
  p = p * z + 1.0 / 13;
  p = p * z + 1.0 / 11;
  p = p * z + 1.0 / 9;
  p = p * z + 1.0 / 7;
  p = p * z + 1.0 / 5;
  p = p * z + 1.0 / 3;
  return e * LOG2_HIGH + (e * LOG2_LOW + 2 * (s + s * (p * z)));
}

/// exp x for x between -700 and 709.7; beyond, the value at the end.
TOYLAB_INLINE double exp_f64(double x) {
  double bounded = x > 709.7 ? 709.7 : x;
  bounded = bounded < -700 ? -700 : bounded;
  double shifted = bounded * 1.44269504088896340736 + ROUNDING;
  uint64_t n = bits_of_double(shifted) - bits_of_double(ROUNDING);
  double whole = shifted - ROUNDING;
  double r = (bounded - whole * LOG2_HIGH) - whole * LOG2_LOW;
  double p = 1.0 / 6227020800;
  p = p * r + 1.0 / 479001600;
  p = p * r + 1.0 / 39916800;
  p = p * r + 1.0 / 3628800;
  p = p * r + 1.0 / 362880;
  p = p * r + 1.0 / 40320;
  p = p * r + 1.0 / 5040;
  p = p * r + 1.0 / 720;
  p = p * r + 1.0 / 120;
  p = p * r + 1.0 / 24;
  p = p * r + 1.0 / 6;
  p = p * r + 0.5;
  double y = 1 + (r + r * r * p);
  // 2^n in two factors: 2^1024 is not a number of this format.
  return 2 * (y * double_of_bits((n + 1022) << 52));
}

/// cos(2 pi u) for u in [0, 1]; the reduction to a quarter turn is exact.
TOYLAB_INLINE double cos_turn_f64(double u) {
  double shifted = 4 * u + ROUNDING;
  uint64_t quadrant = bits_of_double(shifted) - bits_of_double(ROUNDING);
  double r = (4 * u - (shifted - ROUNDING)) * 1.57079632679489661923;
  double s = r * r;
  double p = -1.0 / 121645100408832000;
  p = p * s + 1.0 / 355687428096000;
  p = p * s - 1.0 / 1307674368000;
  p = p * s + 1.0 / 6227020800;
  p = p * s - 1.0 / 39916800;
  p = p * s + 1.0 / 362880;
  p = p * s - 1.0 / 5040;
  p = p * s + 1.0 / 120;
  p = p * s - 1.0 / 6;
  double sine = r + r * (s * p);
  double q = -1.0 / 6402373705728000;
  q = q * s + 1.0 / 20922789888000;
  q = q * s - 1.0 / 87178291200;
  q = q * s + 1.0 / 479001600;
  q = q * s - 1.0 / 3628800;
  q = q * s + 1.0 / 40320;
  q = q * s - 1.0 / 720;
  q = q * s + 1.0 / 24;
  double cosine = 1 - (0.5 * s - s * (s * q));
  double y = (quadrant & 1) ? sine : cosine;
  return ((quadrant + 1) & 2) ? -y : y;
}

// MARK: - Gamma variates
//
// Logarithms of gamma variates of scale 1, by Marsaglia and Tsang's method ("A simple method for generating
// gamma variables", ACM TOMS 2000); logarithms, since variates of small shape underflow. Attempts are made
// for many rows at once; rows that fail go into the next round, each at its own place among its bits.

enum { LANES = 128 };

typedef struct {
  double shape;
  int is_boosted;  // the method needs a shape of 1 at least; X_a has the law of X_{a+1} U^{1/a}
  double offset, scale, log_offset;
} gamma_law;

static gamma_law law_of_shape(double shape) {
  gamma_law law = {.shape = shape, .is_boosted = shape < 1};
  law.offset = (law.is_boosted ? shape + 1 : shape) - 1.0 / 3;
  law.scale = 1 / sqrt(9 * law.offset);
  law.log_offset = log_f64(law.offset);
  return law;
}

/// Rows under way, and what an attempt of each gave.
typedef struct {
  uint32_t rows[LANES];
  uint32_t positions[LANES];  // 64-bit numbers of the row already used
  double results[LANES];
  uint32_t used[LANES];      // numbers an attempt used
  uint32_t accepted[LANES];  // 0 or 1
} attempts;

/// The middle of one of 2^52 equal cells of (0, 1).
TOYLAB_INLINE double uniform_of_bits(uint64_t bits) {
  return ((double)(int64_t)(bits >> 12) + 0.5) * 0x1p-52;
}

TOYLAB_BODY(void, attempt)(attempts *lanes, int64_t count, toylab_stream stream, gamma_law law) {
  // An attempt uses up to four numbers, which lie in three blocks of two if the first has an odd place.
  uint64_t numbers[6][LANES];
  for (int pair = 0; pair < 3; pair++) {
    _Pragma("clang loop vectorize(assume_safety)") for (int64_t i = 0; i < count; i++) {
      uint32_t block = lanes->positions[i] / 2 + (uint32_t)pair;
      toylab_bits bits = bits_of_row(stream, lanes->rows[i], block);
      numbers[2 * pair][i] = bits.low;
      numbers[2 * pair + 1][i] = bits.high;
    }
  }
  _Pragma("clang loop vectorize(assume_safety)") for (int64_t i = 0; i < count; i++) {
    int is_odd = lanes->positions[i] & 1;
    double first = uniform_of_bits(is_odd ? numbers[1][i] : numbers[0][i]);
    double second = uniform_of_bits(is_odd ? numbers[2][i] : numbers[1][i]);
    double third = uniform_of_bits(is_odd ? numbers[3][i] : numbers[2][i]);
    double fourth = uniform_of_bits(is_odd ? numbers[4][i] : numbers[3][i]);
    double x = __builtin_sqrt(-2 * log_f64(first)) * cos_turn_f64(second);
    double v = 1 + law.scale * x;
    int is_inside = v > 0;
    double log_cube = 3 * log_f64(is_inside ? v : 1.0);
    double bound = 0.5 * x * x + law.offset * (1 - v * v * v + log_cube);
    int is_accepted = is_inside & (log_f64(third) < bound);
    double boost = law.is_boosted ? log_f64(fourth) / law.shape : 0;
    lanes->results[i] = law.log_offset + log_cube + boost;
    lanes->accepted[i] = (uint32_t)is_accepted;
    lanes->used[i] = is_inside ? 3 + (is_accepted && law.is_boosted ? 1u : 0u) : 2;
  }
}
TOYLAB_LEVELS(static, void, attempt, (attempts *lanes, int64_t count, toylab_stream stream, gamma_law law),
              (lanes, count, stream, law))

/// One variate of each row, from the row's place among its bits on, which moves.
static void log_gammas(double *out, uint32_t *positions, uint32_t first_row, int64_t rows,
                       toylab_stream stream, gamma_law law) {
  uint32_t pending[LANES];
  attempts lanes;
  for (int64_t i = 0; i < rows; i++) pending[i] = (uint32_t)i;
  while (rows > 0) {
    for (int64_t i = 0; i < rows; i++) {
      lanes.rows[i] = first_row + pending[i];
      lanes.positions[i] = positions[pending[i]];
    }
    attempt(&lanes, rows, stream, law);
    int64_t left = 0;
    for (int64_t i = 0; i < rows; i++) {
      uint32_t row = pending[i];
      positions[row] += lanes.used[i];
      if (lanes.accepted[i]) {
        out[row] = lanes.results[i];
      } else {
        pending[left++] = row;
      }
    }
    rows = left;
  }
}

TOYLAB_BODY(void, shares)(double *out, const double *first, const double *second, int64_t count) {
  for (int64_t i = 0; i < count; i++) out[i] = 1 / (1 + exp_f64(second[i] - first[i]));
}
TOYLAB_LEVELS(static, void, shares, (double *out, const double *first, const double *second, int64_t count),
              (out, first, second, count))

// MARK: - Bulk functions

#define REAL float
#define NAMED(name) toylab_##name##_f32
#define POWER powf
#define SMALLEST FLT_MIN
#define LARGEST (1 - FLT_EPSILON / 2)
#include "variates_template.h"
#undef REAL
#undef NAMED
#undef POWER
#undef SMALLEST
#undef LARGEST

#define REAL double
#define NAMED(name) toylab_##name##_f64
#define POWER pow
#define SMALLEST DBL_MIN
#define LARGEST (1 - DBL_EPSILON / 2)
#include "variates_template.h"
