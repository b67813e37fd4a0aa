// Part of toylab. Licensed under Apache-2.0; see LICENSE.
//
// Sums and largest elements of rows and columns.

/// The sum of a row, a vector at a time, its lanes added pairwise.
static inline REAL NAME(row_sum)(const REAL *row, int64_t columns) {
  enum { LANES = NAME(lanes) };
  NAME(aligned_vector) sums[2] = {{0}, {0}};
  int64_t i = 0;
  for (; i + 2 * LANES <= columns; i += 2 * LANES) {
    sums[0] += *(const NAME(vector) *)(row + i);
    sums[1] += *(const NAME(vector) *)(row + i + LANES);
  }
  if (i + LANES <= columns) {
    sums[0] += *(const NAME(vector) *)(row + i);
    i += LANES;
  }
  REAL lanes[LANES];
  *(NAME(vector) *)lanes = sums[0] + sums[1];
  for (int64_t lane = 0; i < columns; lane++, i++) lanes[lane] += row[i];
  for (int width = LANES / 2; width > 0; width /= 2) {
    for (int lane = 0; lane < width; lane++) lanes[lane] += lanes[lane + width];
  }
  return lanes[0];
}

static void NAME(sum_rows)(REAL *out, const REAL *in, int64_t rows, int64_t columns, REAL scale,
                           int adds) {
  for (int64_t row = 0; row < rows; row++) {
    REAL total = NAME(row_sum)(in + row * columns, columns);
    out[row] = scale * total + (adds ? out[row] : 0);
  }
}

static void NAME(add_row)(REAL *out, const REAL *in, int64_t count, REAL scale) {
  _Pragma("clang loop vectorize(assume_safety)") for (int64_t i = 0; i < count; i++) {
    out[i] += scale * in[i];
  }
}

/// out = or += scale * the sum of `rows` rows, four vectors of columns at a time.
static void NAME(sum_columns)(REAL *out, const REAL *in, int64_t rows, int64_t columns, REAL scale,
                              int adds) {
  enum { WIDTH = 4 * NAME(lanes) };
  int64_t column = 0;
  for (; column + WIDTH <= columns; column += WIDTH) {
    NAME(aligned_vector) sum[4] = {{0}, {0}, {0}, {0}};
    for (int64_t row = 0; row < rows; row++) {
      const REAL *from = in + row * columns + column;
      for (int v = 0; v < 4; v++) sum[v] += *(const NAME(vector) *)(from + v * NAME(lanes));
    }
    for (int v = 0; v < 4; v++) {
      NAME(vector) *to = (NAME(vector) *)(out + column + v * NAME(lanes));
      *to = adds ? *to + scale * sum[v] : scale * sum[v];
    }
  }
  if (column == columns) return;
  if (!adds) memset(out + column, 0, (size_t)(columns - column) * sizeof(REAL));
  for (int64_t row = 0; row < rows; row++) {
    NAME(add_row)(out + column, in + row * columns + column, columns - column, scale);
  }
}

static inline REAL NAME(larger)(REAL a, REAL b) { return (b > a || b != b) ? b : a; }

/// The largest element of a row; a NaN comes out.
static inline REAL NAME(row_maximum)(const REAL *row, int64_t columns) {
  enum { LANES = NAME(lanes) };
  if (columns < LANES) {
    REAL largest = row[0];
    for (int64_t i = 1; i < columns; i++) largest = NAME(larger)(largest, row[i]);
    return largest;
  }
  REAL lanes[LANES];
  for (int lane = 0; lane < LANES; lane++) lanes[lane] = row[lane];
  for (int64_t i = LANES; i < columns; i += LANES) {
    // The last vector may repeat elements, which changes no maximum.
    const REAL *from = row + (i + LANES <= columns ? i : columns - LANES);
    _Pragma("clang loop vectorize(assume_safety)") for (int lane = 0; lane < LANES; lane++) {
      lanes[lane] = NAME(larger)(lanes[lane], from[lane]);
    }
  }
  for (int width = LANES / 2; width > 0; width /= 2) {
    for (int lane = 0; lane < width; lane++) {
      lanes[lane] = NAME(larger)(lanes[lane], lanes[lane + width]);
    }
  }
  return lanes[0];
}

static void NAME(maximum_rows)(REAL *out, const REAL *in, int64_t rows, int64_t columns) {
  for (int64_t row = 0; row < rows; row++) {
    out[row] = NAME(row_maximum)(in + row * columns, columns);
  }
}

static void NAME(run_reduce)(const toylab_reduce *p, void *const *bases, int adds) {
  const REAL *in = NAME(resolve)(bases, p->source);
  REAL *out = NAME(resolve)(bases, p->destination);
  REAL scale = (REAL)p->scale;
  if (p->operation == TOYLAB_REDUCE_SUM && p->inner == 1) {
    NAME(sum_rows)(out, in, p->outer, p->extent, scale, adds);
    return;
  }
  if (p->operation == TOYLAB_REDUCE_MAXIMUM && p->inner == 1) {
    NAME(maximum_rows)(out, in, p->outer, p->extent);
    return;
  }
  for (int64_t outer = 0; outer < p->outer; outer++) {
    const REAL *block = in + outer * p->extent * p->inner;
    REAL *row = out + outer * p->inner;
    if (p->operation == TOYLAB_REDUCE_SUM) {
      NAME(sum_columns)(row, block, p->extent, p->inner, scale, adds);
    } else {
      memcpy(row, block, (size_t)p->inner * sizeof(REAL));
      for (int64_t i = 1; i < p->extent; i++) {
        NAME(op_maximum)(row, row, block + i * p->inner, p->inner);
      }
    }
  }
}
