// Part of toylab. Licensed under Apache-2.0; see LICENSE.
//
// The BLAS the engine links against. The matrix products themselves are declared where they are
// called (CKernels); this module brings the library in and keeps it to one thread.

#ifndef TOYLAB_CBLAS_SHIM_H
#define TOYLAB_CBLAS_SHIM_H

#if defined(__linux__)
void openblas_set_num_threads(int threads);
static inline void toylab_blas_use_one_thread(void) { openblas_set_num_threads(1); }
#else
static inline void toylab_blas_use_one_thread(void) {}
#endif

#endif
