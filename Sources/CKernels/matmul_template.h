// Part of toylab. Licensed under Apache-2.0; see LICENSE.
//
// Matrix products. A tile of C of TILE_ROWS rows and TILE_VECTORS vectors stays in registers while the
// inner axis runs; A is broadcast element by element and may have any strides, B is read in rows. Where
// the rows of B are not contiguous, or end before a vector does, a panel of it is copied first.

enum {
  NAME(lanes) = VECTOR_BYTES / sizeof(REAL),
  NAME(panel) = TILE_VECTORS * NAME(lanes),
};

typedef REAL NAME(vector) __attribute__((vector_size(VECTOR_BYTES), aligned(sizeof(REAL))));
typedef REAL NAME(aligned_vector) __attribute__((vector_size(VECTOR_BYTES)));

#define UNROLL _Pragma("clang loop unroll(full)")

/// C = or += alpha A B for `rows` x `vectors` * lanes elements of C; element (i, p) of A lies at
/// a[i * row_a + p * column_a].
TOYLAB_INLINE void NAME(tile)(const int rows, const int vectors, int64_t k, const REAL *a,
                              int64_t row_a, int64_t column_a, const REAL *b, int64_t ldb, REAL *c,
                              int64_t ldc, REAL alpha, int32_t accumulate) {
  NAME(aligned_vector) sum[TILE_ROWS][TILE_VECTORS];
  UNROLL for (int i = 0; i < rows; i++) {
    // C is touched last but may lie far away.
    UNROLL for (int j = 0; j < vectors; j++) {
      __builtin_prefetch(c + i * ldc + j * NAME(lanes), 1);
      sum[i][j] = (NAME(aligned_vector)){0};
    }
  }
  for (int64_t p = 0; p < k; p++) {
    NAME(aligned_vector) right[TILE_VECTORS];
    UNROLL for (int j = 0; j < vectors; j++) {
      right[j] = *(const NAME(vector) *)(b + j * NAME(lanes));
    }
    UNROLL for (int i = 0; i < rows; i++) {
      NAME(aligned_vector) left = a[i * row_a] - (NAME(aligned_vector)){0};
      UNROLL for (int j = 0; j < vectors; j++) sum[i][j] += left * right[j];
    }
    a += column_a;
    b += ldb;
  }
  UNROLL for (int i = 0; i < rows; i++) {
    UNROLL for (int j = 0; j < vectors; j++) {
      NAME(vector) *to = (NAME(vector) *)(c + i * ldc + j * NAME(lanes));
      NAME(aligned_vector) product = alpha * sum[i][j];
      *to = accumulate ? *to + product : product;
    }
  }
}

#define TILE(rows, vectors) \
  static void NAME(tile_##rows##x##vectors)(int64_t k, const REAL *a, int64_t row_a, \
                                            int64_t column_a, const REAL *b, int64_t ldb, REAL *c, \
                                            int64_t ldc, REAL alpha, int32_t accumulate) { \
    NAME(tile)(rows, vectors, k, a, row_a, column_a, b, ldb, c, ldc, alpha, accumulate); \
  }
#define TILES(vectors) \
  TILE(1, vectors) TILE(2, vectors) TILE(3, vectors) TILE(4, vectors) TILE(5, vectors) \
  TILE(6, vectors) TILE_7_8(vectors)
#if TILE_ROWS == 8
#define TILE_7_8(vectors) TILE(7, vectors) TILE(8, vectors)
#define TILE_ROW(vectors) \
  {NAME(tile_1x##vectors), NAME(tile_2x##vectors), NAME(tile_3x##vectors), \
   NAME(tile_4x##vectors), NAME(tile_5x##vectors), NAME(tile_6x##vectors), \
   NAME(tile_7x##vectors), NAME(tile_8x##vectors)}
#else
#define TILE_7_8(vectors)
#define TILE_ROW(vectors) \
  {NAME(tile_1x##vectors), NAME(tile_2x##vectors), NAME(tile_3x##vectors), \
   NAME(tile_4x##vectors), NAME(tile_5x##vectors), NAME(tile_6x##vectors)}
#endif

TILES(1)
TILES(2)

typedef void (*NAME(tile_function))(int64_t, const REAL *, int64_t, int64_t, const REAL *, int64_t,
                                    REAL *, int64_t, REAL, int32_t);
static const NAME(tile_function) NAME(tiles)[TILE_VECTORS][TILE_ROWS] = {TILE_ROW(1), TILE_ROW(2)};

#undef TILE
#undef TILES
#undef TILE_7_8
#undef TILE_ROW
#undef UNROLL

/// All rows of C for columns that fill whole vectors, in tiles of nearly equal height: a last tile of one
/// row would wait for its few sums.
static void NAME(column_panel)(int64_t m, int64_t vectors, int64_t k, const REAL *a, int64_t row_a,
                               int64_t column_a, const REAL *b, int64_t ldb, REAL *c, int64_t ldc,
                               REAL alpha, int32_t accumulate) {
  int64_t tiles = (m + TILE_ROWS - 1) / TILE_ROWS;
  int64_t height = m / tiles, higher = m % tiles;
  int64_t i = 0;
  for (int64_t t = 0; t < tiles; t++) {
    int64_t rows = height + (t < higher);
    NAME(tiles)[vectors - 1][rows - 1](k, a + i * row_a, row_a, column_a, b, ldb, c + i * ldc, ldc,
                                       alpha, accumulate);
    i += rows;
  }
}

/// All rows of C for columns that do not fill their vectors: computed beside C.
static void NAME(edge_panel)(int64_t m, int64_t columns, int64_t k, const REAL *a, int64_t row_a,
                             int64_t column_a, const REAL *b, int64_t ldb, REAL *c, int64_t ldc,
                             REAL alpha, int32_t accumulate) {
  REAL edge[TILE_ROWS * NAME(panel)];
  int64_t vectors = (columns + NAME(lanes) - 1) / NAME(lanes);
  int64_t tiles = (m + TILE_ROWS - 1) / TILE_ROWS;
  int64_t height = m / tiles, higher = m % tiles;
  int64_t i = 0;
  for (int64_t t = 0; t < tiles; t++) {
    int64_t rows = height + (t < higher);
    NAME(tiles)[vectors - 1][rows - 1](k, a + i * row_a, row_a, column_a, b, ldb, edge,
                                       NAME(panel), alpha, 0);
    for (int64_t r = 0; r < rows; r++) {
      REAL *to = c + (i + r) * ldc;
      const REAL *from = edge + r * NAME(panel);
      if (accumulate) {
        for (int64_t j = 0; j < columns; j++) to[j] += from[j];
      } else {
        for (int64_t j = 0; j < columns; j++) to[j] = from[j];
      }
    }
    i += rows;
  }
}

typedef REAL NAME(quad) __attribute__((vector_size(4 * sizeof(REAL)), aligned(sizeof(REAL))));

/// panel[p * width + j] = b[j * ldb + p], four by four.
static void NAME(transpose_panel)(REAL *panel, int64_t width, const REAL *b, int64_t ldb, int64_t k,
                                  int64_t columns) {
  int64_t j = 0;
  for (; j + 4 <= columns; j += 4) {
    const REAL *from = b + j * ldb;
    int64_t p = 0;
    for (; p + 4 <= k; p += 4) {
      NAME(quad) r0 = *(const NAME(quad) *)(from + p);
      NAME(quad) r1 = *(const NAME(quad) *)(from + ldb + p);
      NAME(quad) r2 = *(const NAME(quad) *)(from + 2 * ldb + p);
      NAME(quad) r3 = *(const NAME(quad) *)(from + 3 * ldb + p);
      NAME(quad) low01 = __builtin_shufflevector(r0, r1, 0, 4, 1, 5);
      NAME(quad) high01 = __builtin_shufflevector(r0, r1, 2, 6, 3, 7);
      NAME(quad) low23 = __builtin_shufflevector(r2, r3, 0, 4, 1, 5);
      NAME(quad) high23 = __builtin_shufflevector(r2, r3, 2, 6, 3, 7);
      REAL *to = panel + p * width + j;
      *(NAME(quad) *)to = __builtin_shufflevector(low01, low23, 0, 1, 4, 5);
      *(NAME(quad) *)(to + width) = __builtin_shufflevector(low01, low23, 2, 3, 6, 7);
      *(NAME(quad) *)(to + 2 * width) = __builtin_shufflevector(high01, high23, 0, 1, 4, 5);
      *(NAME(quad) *)(to + 3 * width) = __builtin_shufflevector(high01, high23, 2, 3, 6, 7);
    }
    for (; p < k; p++) {
      for (int64_t q = 0; q < 4; q++) panel[p * width + j + q] = from[q * ldb + p];
    }
  }
  for (; j < columns; j++) {
    for (int64_t p = 0; p < k; p++) panel[p * width + j] = b[j * ldb + p];
  }
}

/// Copies `columns` columns of op(B) into a panel whose rows have `width` elements, filled up with 0.
/// One of the strides is 1.
static void NAME(pack_panel)(REAL *panel, int64_t width, const REAL *b, int64_t row_b,
                             int64_t column_b, int64_t k, int64_t columns) {
  if (column_b != 1) {
    NAME(transpose_panel)(panel, width, b, column_b, k, columns);
  } else if (columns == NAME(panel)) {
    for (int64_t p = 0; p < k; p++) {
      memcpy(panel + p * width, b + p * row_b, NAME(panel) * sizeof(REAL));
    }
  } else {
    for (int64_t p = 0; p < k; p++) {
      for (int64_t j = 0; j < columns; j++) panel[p * width + j] = b[p * row_b + j];
    }
  }
  for (int64_t p = 0; columns < width && p < k; p++) {
    for (int64_t j = columns; j < width; j++) panel[p * width + j] = 0;
  }
}

static int64_t NAME(panel_count)(int64_t n) { return (n + NAME(panel) - 1) / NAME(panel); }

/// C = or += alpha A op(B). `packed` says that B is in panels; otherwise `scratch` holds one at a time
/// where B cannot be read as it is, or where many rows of A make an orderly copy worth its while.
static void NAME(general_product)(int64_t m, int64_t n, int64_t k, REAL alpha, const REAL *a,
                                  int64_t row_a, int64_t column_a, const REAL *b, int64_t row_b,
                                  int64_t column_b, int32_t packed, REAL *c, int64_t ldc,
                                  int32_t accumulate, REAL *scratch) {
  int copies = column_b != 1 || (m >= 8 * TILE_ROWS && row_b % NAME(lanes) != 0);
  for (int64_t j = 0; j < n; j += NAME(panel)) {
    int64_t columns = n - j < NAME(panel) ? n - j : NAME(panel);
    int is_whole = columns % NAME(lanes) == 0;
    const REAL *panel = packed ? b + j * k : b + j * column_b;
    int64_t ldb = packed ? NAME(panel) : row_b;
    if (!packed && (copies || !is_whole)) {
      NAME(pack_panel)(scratch, NAME(panel), panel, row_b, column_b, k, columns);
      panel = scratch;
      ldb = NAME(panel);
    }
    if (is_whole) {
      NAME(column_panel)(m, columns / NAME(lanes), k, a, row_a, column_a, panel, ldb, c + j, ldc,
                         alpha, accumulate);
    } else {
      NAME(edge_panel)(m, columns, k, a, row_a, column_a, panel, ldb, c + j, ldc, alpha,
                       accumulate);
    }
  }
}

/// C[m, n] = or += alpha * A Bt' for few columns; Bt is [n, k] with unit stride, rows of A likewise.
static void NAME(dot_products)(int64_t m, int64_t n, int64_t k, REAL alpha, const REAL *a,
                               int64_t lda, const REAL *bt, int64_t ldb, REAL *c, int64_t ldc,
                               int32_t accumulate) {
#pragma clang fp reassociate(on) contract(fast)
  for (int64_t i = 0; i < m; i++) {
    const REAL *row = a + i * lda;
    for (int64_t j = 0; j < n; j++) {
      const REAL *column = bt + j * ldb;
      REAL total = 0;
      for (int64_t p = 0; p < k; p++) total += row[p] * column[p];
      c[i * ldc + j] = alpha * total + (accumulate ? c[i * ldc + j] : 0);
    }
  }
}

enum { NAME(few) = 4 };

static void NAME(one_product)(const toylab_matmul *p, const REAL *a, const REAL *b, REAL *c,
                              int adds, REAL *scratch) {
  int64_t m = p->m, n = p->n, k = p->k;
  REAL alpha = (REAL)p->alpha;
  int64_t row_a = p->transpose_a ? 1 : p->lda, column_a = p->transpose_a ? p->lda : 1;
  int64_t row_b = p->transpose_b ? 1 : p->ldb, column_b = p->transpose_b ? p->ldb : 1;
  if (n <= NAME(few) && k >= NAME(lanes) && !p->transpose_a) {
    int64_t ldb = p->ldb;
    if (!p->transpose_b) {
      for (int64_t j = 0; j < n; j++) {
        for (int64_t i = 0; i < k; i++) scratch[j * k + i] = b[i * p->ldb + j];
      }
      b = scratch;
      ldb = k;
    }
    NAME(dot_products)(m, n, k, alpha, a, p->lda, b, ldb, c, p->ldc, adds);
    return;
  }
  if (n <= NAME(few) && m >= NAME(lanes) && p->transpose_a) {
    // C' = B' A has long rows.
    NAME(general_product)(n, m, k, alpha, b, column_b, row_b, a, column_a, row_a, 0, scratch, m,
                          0, scratch + n * m);
    for (int64_t i = 0; i < m; i++) {
      for (int64_t j = 0; j < n; j++) {
        c[i * p->ldc + j] = scratch[j * m + i] + (adds ? c[i * p->ldc + j] : 0);
      }
    }
    return;
  }
  NAME(general_product)(m, n, k, alpha, a, row_a, column_a, b, row_b, column_b,
                        p->packed_b, c, p->ldc, adds, scratch);
}

static void NAME(run_matmul)(const toylab_matmul *p, void *const *bases, int adds) {
  const REAL *a = NAME(resolve)(bases, p->a);
  const REAL *b = NAME(resolve)(bases, p->b);
  REAL *c = NAME(resolve)(bases, p->c);
  REAL *scratch = NAME(resolve)(bases, p->scratch);
  int64_t count = 1;
  for (int32_t axis = 0; axis < p->batch_rank; axis++) count *= p->batch_extents[axis];
  for (int64_t index = 0; index < count; index++) {
    int64_t rest = index, at_a = 0, at_b = 0, at_c = 0;
    for (int32_t axis = p->batch_rank - 1; axis >= 0; axis--) {
      int64_t place = rest % p->batch_extents[axis];
      rest /= p->batch_extents[axis];
      at_a += place * p->batch_a[axis];
      at_b += place * p->batch_b[axis];
      at_c += place * p->batch_c[axis];
    }
    NAME(one_product)(p, a + at_a, b + at_b, c + at_c, adds, scratch);
  }
}
