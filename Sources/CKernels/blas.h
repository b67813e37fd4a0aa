// Part of toylab. Licensed under Apache-2.0; see LICENSE.
//
// The two BLAS routines the engine calls, declared here because GSL's header of the same names must
// be importable beside this module. Any CBLAS serves: OpenBLAS on Linux, Accelerate on macOS.

#ifndef TOYLAB_BLAS_H
#define TOYLAB_BLAS_H

void cblas_sgemm(int order, int transpose_a, int transpose_b, int m, int n, int k, float alpha,
                 const float *a, int lda, const float *b, int ldb, float beta, float *c, int ldc);
void cblas_dgemm(int order, int transpose_a, int transpose_b, int m, int n, int k, double alpha,
                 const double *a, int lda, const double *b, int ldb, double beta, double *c,
                 int ldc);

#endif
