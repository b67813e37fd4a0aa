// Part of toylab. Licensed under Apache-2.0; see LICENSE.
//
// The part of the GNU Scientific Library in use: the initial-value solvers, the nodes of quadrature rules and quantiles.
// They call no BLAS, so which library answers to the CBLAS names is of no consequence to them.

#ifndef TOYLAB_GSL_SHIM_H
#define TOYLAB_GSL_SHIM_H

#include <gsl/gsl_cdf.h>
#include <gsl/gsl_errno.h>
#include <gsl/gsl_integration.h>
#include <gsl/gsl_odeiv2.h>

/// The method of Prince and Dormand; the library keeps it in a variable, which Swift cannot share safely.
static inline const gsl_odeiv2_step_type *toylab_prince_dormand(void) {
  return gsl_odeiv2_step_rk8pd;
}

/// The weight exp(−b (x − a)²) on the line; a variable of the library as well.
static inline const gsl_integration_fixed_type *toylab_hermite(void) {
  return gsl_integration_fixed_hermite;
}

#endif
