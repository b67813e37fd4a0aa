// Part of toylab. Licensed under Apache-2.0; see LICENSE.
//
// The rate of multiply-adds, measured. Two units of four cycles' latency need eight independent sums;
// twelve leave room for others, and with two operands still fit the sixteen registers of AVX2.

#include "fma_limit.h"

#include <string.h>

#include "program.h"
#include "targets.h"

enum { SUMS = 12 };

#define DEFINE_BURST(name, floats) \
  typedef float name##_vector __attribute__((vector_size((floats) * 4), aligned(4))); \
  static int64_t name(int64_t rounds, float *sink) { \
    name##_vector sum[SUMS], factor, term; \
    for (int lane = 0; lane < (floats); lane++) { \
      factor[lane] = 0.5f; \
      term[lane] = 1.0f + (float)lane; \
    } \
    for (int i = 0; i < SUMS; i++) sum[i] = term * (float)i; \
    for (int64_t round = 0; round < rounds; round++) { \
      _Pragma("clang loop unroll(full)") for (int i = 0; i < SUMS; i++) { \
        sum[i] = __builtin_elementwise_fma(sum[i], factor, term); \
      } \
    } \
    for (int i = 1; i < SUMS; i++) sum[0] += sum[i]; \
    memcpy(sink, &sum[0], sizeof *sink); \
    return rounds * SUMS * (floats) * 2; \
  }

#if TOYLAB_HAS_LEVELS
TOYLAB_TARGET_V4
DEFINE_BURST(burst_v4, 16)
TOYLAB_TARGET_END
TOYLAB_TARGET_V3
DEFINE_BURST(burst_v3, 8)
TOYLAB_TARGET_END
#endif

#if defined(__aarch64__)
DEFINE_BURST(burst_plain, 4)
#else
// The baseline of x86-64 has no fused multiply-add; a product and a sum count the same.
typedef float plain_vector __attribute__((vector_size(16)));
static int64_t burst_plain(int64_t rounds, float *sink) {
  plain_vector sum[SUMS], factor = {0.5f, 0.5f, 0.5f, 0.5f}, term = {1, 2, 3, 4};
  for (int i = 0; i < SUMS; i++) sum[i] = term * (float)i;
  for (int64_t round = 0; round < rounds; round++) {
    _Pragma("clang loop unroll(full)") for (int i = 0; i < SUMS; i++) {
      sum[i] = sum[i] * factor + term;
    }
  }
  for (int i = 1; i < SUMS; i++) sum[0] += sum[i];
  memcpy(sink, &sum[0], sizeof *sink);
  return rounds * SUMS * 4 * 2;
}
#endif

int64_t toylab_fma_burst(int64_t rounds, float *sink) {
#if TOYLAB_HAS_LEVELS
  switch (toylab_level()) {
    case TOYLAB_LEVEL_V4: return burst_v4(rounds, sink);
    case TOYLAB_LEVEL_V3: return burst_v3(rounds, sink);
    default: return burst_plain(rounds, sink);
  }
#else
  return burst_plain(rounds, sink);
#endif
}
