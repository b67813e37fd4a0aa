// Part of toylab. Licensed under Apache-2.0; see LICENSE.
//
// The BLAS and LAPACK the system provides. The engine's matrix products are its own; GSL needs a BLAS on the
// link line, and its own slow one must not be it. Only what dense eigenproblems, spectra and banded systems
// need is declared: OpenBLAS's own header clashes with GSL's.

#ifndef TOYLAB_CBLAS_SHIM_H
#define TOYLAB_CBLAS_SHIM_H

/// How many threads OpenBLAS may use.
void openblas_set_num_threads(int count);

/// C = alpha op(A) op(B) + beta C.
void dgemm_(const char *left_form, const char *right_form, const int *m, const int *n, const int *k,
            const double *alpha, const double *a, const int *lda, const double *b, const int *ldb,
            const double *beta, double *c, const int *ldc);

/// Solution of A X = B by an LU factorisation.
void dgesv_(const int *n, const int *columns, double *a, const int *lda, int *pivots, double *b,
            const int *ldb, int *info);

/// Eigenvalues and vectors of a symmetric matrix, by divide and conquer.
void dsyevd_(const char *job, const char *triangle, const int *n, double *a, const int *lda, double *w,
             double *work, const int *lwork, int *iwork, const int *liwork, int *info);

/// Eigenvalues and right eigenvectors of a general matrix.
void dgeev_(const char *left, const char *right, const int *n, double *a, const int *lda, double *wr,
            double *wi, double *vl, const int *ldvl, double *vr, const int *ldvr, double *work,
            const int *lwork, int *info);

/// Singular values and vectors of a general matrix.
void dgesvd_(const char *left, const char *right, const int *m, const int *n, double *a, const int *lda,
             double *values, double *u, const int *ldu, double *vt, const int *ldvt, double *work,
             const int *lwork, int *info);

/// Real Schur form of a general matrix.
void dgees_(const char *vectors, const char *sort,
            int (*select)(const double *, const double *), const int *n, double *a, const int *lda,
            int *selected, double *wr, double *wi, double *vs, const int *ldvs, double *work,
            const int *lwork, int *bwork, int *info);

/// Reorders a real Schur form so that chosen eigenvalues come first.
void dtrsen_(const char *job, const char *vectors, const int *select, const int *n, double *t,
             const int *ldt, double *q, const int *ldq, double *wr, double *wi, int *m, double *s,
             double *sep, double *work, const int *lwork, int *iwork, const int *liwork, int *info);

/// Cholesky factor of a symmetric positive definite band matrix.
void dpbtrf_(const char *triangle, const int *n, const int *bandwidth, double *a, const int *lda,
             int *info);

/// Solves with the factor of dpbtrf_.
void dpbtrs_(const char *triangle, const int *n, const int *bandwidth, const int *columns,
             const double *a, const int *lda, double *b, const int *ldb, int *info);

#endif
