// Part of toylab. Licensed under Apache-2.0; see LICENSE.
//
// Counts what a piece of code asks of the heap and of reference counting, for tests that hold a hot loop
// to nothing. Only the calling thread's calls are counted, so that tests may run at the same time.

#ifndef TOYLAB_INSTRUMENTATION_H
#define TOYLAB_INSTRUMENTATION_H

#include <stdint.h>

typedef struct {
  int64_t allocations;  // malloc, calloc, realloc, memalign, aligned_alloc, posix_memalign
  int64_t retains;      // swift_retain, swift_bridgeObjectRetain and their _n forms
  int64_t releases;     // swift_release, swift_bridgeObjectRelease and their _n forms
} toylab_counts;

/// 1 where calls are counted: on Linux with the GNU C library, on x86-64, without sanitizers.
int32_t toylab_counts_exist(void);

/// What this thread did up to now, since it began.
toylab_counts toylab_counts_now(void);

#endif
