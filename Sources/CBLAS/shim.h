// Part of toylab. Licensed under Apache-2.0; see LICENSE.
//
// The BLAS and LAPACK the system provides. The engine's matrix products are its own; GSL needs a BLAS on the
// link line, and its own slow one must not be it. Only what is used is declared: OpenBLAS's own header
// clashes with GSL's.

#ifndef TOYLAB_CBLAS_SHIM_H
#define TOYLAB_CBLAS_SHIM_H

/// Cholesky factor of a symmetric positive definite band matrix.
void dpbtrf_(const char *triangle, const int *n, const int *bandwidth, double *a, const int *lda,
             int *info);

/// Solves with the factor of dpbtrf_.
void dpbtrs_(const char *triangle, const int *n, const int *bandwidth, const int *columns,
             const double *a, const int *lda, double *b, const int *ldb, int *info);

#endif
