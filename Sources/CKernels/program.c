// Part of toylab. Licensed under Apache-2.0; see LICENSE.
//
// The level of the instruction set that serves a run.

#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#include "kernels.h"

int32_t toylab_best_level(void) {
#if TOYLAB_HAS_LEVELS
  if (__builtin_cpu_supports("x86-64-v4")) return TOYLAB_LEVEL_V4;
  if (__builtin_cpu_supports("x86-64-v3")) return TOYLAB_LEVEL_V3;
#endif
  return TOYLAB_LEVEL_PLAIN;
}

/// The level that a name stands for; -1 for another word.
static int32_t level_of_name(const char *name) {
  static const char *const names[] = {"plain", "avx2", "avx512"};
  for (int32_t level = TOYLAB_LEVEL_PLAIN; level <= TOYLAB_LEVEL_V4; level++) {
    if (strcmp(name, names[level]) == 0) return level;
  }
  return -1;
}

int32_t toylab_level(void) {
  // The environment is read once: the level stays what it was when the first kernel ran.
  static _Atomic int32_t chosen = -1;
  int32_t level = atomic_load_explicit(&chosen, memory_order_relaxed);
  if (level >= 0) return level;
  const char *name = getenv(TOYLAB_LEVEL_VARIABLE);
  const int32_t named = name ? level_of_name(name) : -1;
  const int32_t best = toylab_best_level();
  level = named >= 0 && named < best ? named : best;
  atomic_store_explicit(&chosen, level, memory_order_relaxed);
  return level;
}

#if TOYLAB_HAS_LEVELS
#define CHOOSE(level, function, ...) \
  switch (level) { \
    case TOYLAB_LEVEL_V4: return function##_v4(__VA_ARGS__); \
    case TOYLAB_LEVEL_V3: return function##_v3(__VA_ARGS__); \
    default: return function##_plain(__VA_ARGS__); \
  }
#else
#define CHOOSE(level, function, ...) \
  (void)level; \
  return function##_plain(__VA_ARGS__);
#endif

int32_t toylab_run_f32(const toylab_run *run, toylab_pool *pool) {
  CHOOSE(run->level, toylab_run_f32, run, pool)
}

int32_t toylab_run_f64(const toylab_run *run, toylab_pool *pool) {
  CHOOSE(run->level, toylab_run_f64, run, pool)
}

void toylab_apply_f32(int32_t level, int32_t opcode, float *d, const float *a, const float *b,
                      const float *c, int64_t count) {
  CHOOSE(level, toylab_apply_f32, opcode, d, a, b, c, count)
}

void toylab_apply_f64(int32_t level, int32_t opcode, double *d, const double *a, const double *b,
                      const double *c, int64_t count) {
  CHOOSE(level, toylab_apply_f64, opcode, d, a, b, c, count)
}
