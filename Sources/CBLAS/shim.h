// Part of toylab. Licensed under Apache-2.0; see LICENSE.
//
// The BLAS and LAPACK the system provides. The engine's matrix products are its own; GSL needs a BLAS on the
// link line, and its own slow one must not be it.

#ifndef TOYLAB_CBLAS_SHIM_H
#define TOYLAB_CBLAS_SHIM_H
#endif
