// Part of toylab. Licensed under Apache-2.0; see LICENSE.
//
// The BLAS and LAPACK the system provides. The engine's matrix products are its own; GSL needs a BLAS on the
// link line, and its own slow one must not be it. The probes solve small dense eigenproblems with LAPACK.

#ifndef TOYLAB_CBLAS_SHIM_H
#define TOYLAB_CBLAS_SHIM_H

/// Eigenvalues and vectors of a symmetric matrix, by divide and conquer.
void dsyevd_(const char *job, const char *triangle, const int *n, double *a, const int *lda, double *w,
             double *work, const int *lwork, int *iwork, const int *liwork, int *info);

/// Eigenvalues and right eigenvectors of a general matrix.
void dgeev_(const char *left, const char *right, const int *n, double *a, const int *lda, double *wr,
            double *wi, double *vl, const int *ldvl, double *vr, const int *ldvr, double *work,
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

#endif
