// Part of toylab. Licensed under Apache-2.0; see LICENSE.

#ifndef TOYLAB_FMA_LIMIT_H
#define TOYLAB_FMA_LIMIT_H

#include <stdint.h>

/// Makes `rounds` rounds of independent single-precision multiply-adds in registers, in the widest
/// vectors of this machine, and nothing else: what one core can do at most.
///
/// Returns the floating-point operations made, two a multiply-add. `sink` receives a number that depends
/// on all of them.
int64_t toylab_fma_burst(int64_t rounds, float *sink);

#endif
