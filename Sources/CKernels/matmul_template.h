// Part of toylab. Licensed under Apache-2.0; see LICENSE.
//
// Matrix products: BLAS, and loops of our own for thin matrices, where BLAS is at its weakest.

enum { NAME(thin) = 8 };

/// C[m, n] += alpha * A B for k <= thin; rows of C are built from rows of B.
/// Element (i, p) of A lies at a[i * row_a + p * column_a]; B has unit column stride.
TOYLAB_CLONES static void NAME(thin_inner)(int64_t m, int64_t n, int64_t k, REAL alpha,
                                           const REAL *a, int64_t row_a, int64_t column_a,
                                           const REAL *b, int64_t ldb, REAL *c, int64_t ldc,
                                           int32_t accumulate) {
  for (int64_t i = 0; i < m; i++) {
    REAL *row = c + i * ldc;
    for (int64_t p = 0; p < k; p++) {
      REAL factor = alpha * a[i * row_a + p * column_a];
      const REAL *from = b + p * ldb;
      if (p == 0 && !accumulate) {
        _Pragma("clang loop vectorize(assume_safety)") for (int64_t j = 0; j < n; j++) row[j] =
            factor * from[j];
      } else {
        _Pragma("clang loop vectorize(assume_safety)") for (int64_t j = 0; j < n; j++) row[j] +=
            factor * from[j];
      }
    }
  }
}

/// C[m, n] = or += alpha * A Bt' for n <= thin; Bt is [n, k] with unit stride, rows of A likewise.
TOYLAB_CLONES static void NAME(thin_columns)(int64_t m, int64_t n, int64_t k, REAL alpha,
                                             const REAL *a, int64_t lda, const REAL *bt,
                                             int64_t ldb, REAL *c, int64_t ldc,
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

static void NAME(transpose_into)(REAL *out, const REAL *in, int64_t rows, int64_t columns,
                                 int64_t ld) {
  for (int64_t i = 0; i < rows; i++) {
    for (int64_t j = 0; j < columns; j++) out[j * rows + i] = in[i * ld + j];
  }
}

static void NAME(one_product)(const toylab_matmul *p, const REAL *a, const REAL *b, REAL *c,
                              REAL *scratch) {
  int64_t m = p->m, n = p->n, k = p->k;
  REAL alpha = (REAL)p->alpha;
  if (k <= NAME(thin) && n > NAME(thin)) {
    int64_t ldb = p->ldb;
    if (p->transpose_b) {
      NAME(transpose_into)(scratch, b, n, k, p->ldb);
      b = scratch;
      ldb = n;
    }
    NAME(thin_inner)(m, n, k, alpha, a, p->transpose_a ? 1 : p->lda, p->transpose_a ? p->lda : 1, b,
                     ldb, c, p->ldc, p->accumulate);
    return;
  }
  if (m <= NAME(thin) && n > NAME(thin) && p->transpose_a && !p->transpose_b) {
    // A few rows over a long inner extent: add the rows of B one after another.
    if (!p->accumulate) {
      for (int64_t i = 0; i < m; i++) memset(c + i * p->ldc, 0, (size_t)n * sizeof(REAL));
    }
    for (int64_t row = 0; row < k; row++) {
      NAME(thin_inner)(m, n, 1, alpha, a + row * p->lda, 1, 1, b + row * p->ldb, p->ldb, c, p->ldc,
                       1);
    }
    return;
  }
  if (n <= NAME(thin) && !p->transpose_a) {
    int64_t ldb = p->ldb;
    if (!p->transpose_b) {
      NAME(transpose_into)(scratch, b, k, n, p->ldb);
      b = scratch;
      ldb = k;
    }
    NAME(thin_columns)(m, n, k, alpha, a, p->lda, b, ldb, c, p->ldc, p->accumulate);
    return;
  }
  if (n <= NAME(thin) && p->transpose_a && !p->transpose_b) {
    // C' = B' A with few rows: accumulate rows of A, then transpose into place.
    memset(scratch, 0, (size_t)(n * m) * sizeof(REAL));
    for (int64_t row = 0; row < k; row++) {
      NAME(thin_inner)(n, m, 1, alpha, b + row * p->ldb, 1, 1, a + row * p->lda, p->lda, scratch, m,
                       1);
    }
    for (int64_t i = 0; i < m; i++) {
      for (int64_t j = 0; j < n; j++) {
        c[i * p->ldc + j] = scratch[j * m + i] + (p->accumulate ? c[i * p->ldc + j] : 0);
      }
    }
    return;
  }
  enum { ROW_MAJOR = 101, PLAIN = 111, TRANSPOSED = 112 };
  BLAS_GEMM(ROW_MAJOR, p->transpose_a ? TRANSPOSED : PLAIN, p->transpose_b ? TRANSPOSED : PLAIN,
            (int)m, (int)n, (int)k, alpha, a, (int)p->lda, b, (int)p->ldb,
            p->accumulate ? (REAL)1 : (REAL)0, c, (int)p->ldc);
}

static void NAME(run_matmul)(const toylab_matmul *p, void *const *bases) {
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
    NAME(one_product)(p, a + at_a, b + at_b, c + at_c, scratch);
  }
}
