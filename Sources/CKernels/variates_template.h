// Part of toylab. Licensed under Apache-2.0; see LICENSE.

// The bulk functions of variates.c, included once for each element type: REAL, NAMED, POWER, SMALLEST and
// LARGEST (the ends of what lies inside (0, 1)) are set by the including file.

/// The number itself unless rounding took it to an end of the interval.
TOYLAB_INLINE REAL NAMED(inside)(REAL value) {
  REAL raised = value > SMALLEST ? value : SMALLEST;
  return raised < LARGEST ? raised : LARGEST;
}

static void NAMED(invert_beta)(REAL *values, int64_t count, double a, double b) {
  REAL power = (REAL)(1 / (b == 1 ? a : b));
  for (int64_t i = 0; i < count; i++) {
    REAL root = POWER(values[i], power);
    values[i] = NAMED(inside)(b == 1 ? root : 1 - root);
  }
}

void NAMED(beta)(toylab_stream stream, uint64_t first_row, int64_t rows, int64_t draws, double a,
                 double b, REAL *out) {
  if (a == 1 || b == 1) {
    NAMED(uniform)(stream, first_row, rows, 0, draws, out);
    NAMED(invert_beta)(out, rows * draws, a, b);
    return;
  }
  gamma_law first = law_of_shape(a), second = law_of_shape(b);
  for (int64_t start = 0; start < rows; start += LANES) {
    int64_t count = rows - start < LANES ? rows - start : LANES;
    uint32_t row = (uint32_t)(first_row + (uint64_t)start);
    uint32_t positions[LANES] = {0};
    double ours[LANES], others[LANES], values[LANES];
    for (int64_t draw = 0; draw < draws; draw++) {
      log_gammas(others, positions, row, count, stream, second);
      log_gammas(ours, positions, row, count, stream, first);
      shares(values, ours, others, count);
      for (int64_t i = 0; i < count; i++) {
        out[(start + i) * draws + draw] = NAMED(inside)((REAL)values[i]);
      }
    }
  }
}

TOYLAB_BODY(void, NAMED(scale))(REAL *values, int64_t count, REAL factor) {
  for (int64_t i = 0; i < count; i++) values[i] = factor * values[i];
}
TOYLAB_LEVELS(, void, NAMED(scale), (REAL *values, int64_t count, REAL factor),
              (values, count, factor))

TOYLAB_BODY(void, NAMED(sort_pairs))(const REAL *restrict pairs, int64_t count, REAL factor, REAL *restrict larger, REAL *restrict smaller) {
  for (int64_t i = 0; i < count; i++) {
    REAL first = pairs[2 * i], second = pairs[2 * i + 1];
    larger[i] = factor * (first > second ? first : second);
    smaller[i] = factor * (first > second ? second : first);
  }
}
TOYLAB_LEVELS(, void, NAMED(sort_pairs), (const REAL *restrict pairs, int64_t count, REAL factor, REAL *restrict larger, REAL *restrict smaller),
              (pairs, count, factor, larger, smaller))
