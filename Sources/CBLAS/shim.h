// Part of toylab. Licensed under Apache-2.0; see LICENSE.
//
// The BLAS and LAPACK the system provides. The engine's matrix products are its own; GSL needs a BLAS on the
// link line, and its own slow one must not be it. Only what the spectra need is declared: OpenBLAS's own
// header clashes with GSL's.

#ifndef TOYLAB_CBLAS_SHIM_H
#define TOYLAB_CBLAS_SHIM_H

void dgemm_(const char *left_form, const char *right_form, const int *m, const int *n, const int *k,
            const double *alpha, const double *a, const int *a_stride, const double *b,
            const int *b_stride, const double *beta, double *c, const int *c_stride);
void dgesv_(const int *n, const int *columns, double *a, const int *a_stride, int *pivots, double *b,
            const int *b_stride, int *info);
void dgeev_(const char *left, const char *right, const int *n, double *a, const int *a_stride,
            double *real, double *imaginary, double *left_vectors, const int *left_stride,
            double *right_vectors, const int *right_stride, double *work, const int *work_count,
            int *info);
void dsyev_(const char *job, const char *triangle, const int *n, double *a, const int *a_stride,
            double *values, double *work, const int *work_count, int *info);
void dgesvd_(const char *left, const char *right, const int *m, const int *n, double *a,
             const int *a_stride, double *values, double *u, const int *u_stride, double *vt,
             const int *vt_stride, double *work, const int *work_count, int *info);

#endif
