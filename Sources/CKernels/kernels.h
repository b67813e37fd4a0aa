// Part of toylab. Licensed under Apache-2.0; see LICENSE.
//
// What the kernels of every level need from outside, included before a level is chosen.

#ifndef TOYLAB_KERNELS_INTERNAL_H
#define TOYLAB_KERNELS_INTERNAL_H

#include <math.h>
#include <stdatomic.h>
#include <string.h>

#include "clock.h"
#include "pool.h"
#include "program.h"
#include "targets.h"

// A function of the program kernels at every level.
#define TOYLAB_DECLARE_LEVEL(level) \
  int32_t toylab_run_f32_##level(const toylab_run *run, toylab_pool *pool); \
  int32_t toylab_run_f64_##level(const toylab_run *run, toylab_pool *pool); \
  void toylab_apply_f32_##level(int32_t opcode, float *d, const float *a, const float *b, \
                                const float *c, int64_t count); \
  void toylab_apply_f64_##level(int32_t opcode, double *d, const double *a, const double *b, \
                                const double *c, int64_t count);
TOYLAB_DECLARE_LEVEL(plain)
#if TOYLAB_HAS_LEVELS
TOYLAB_DECLARE_LEVEL(v3)
TOYLAB_DECLARE_LEVEL(v4)
#endif

#endif
