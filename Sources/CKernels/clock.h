// Part of toylab. Licensed under Apache-2.0; see LICENSE.

#ifndef TOYLAB_CLOCK_H
#define TOYLAB_CLOCK_H

#include <stdint.h>
#include <time.h>

static inline int64_t monotonic_nanoseconds(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return (int64_t)now.tv_sec * 1000000000 + now.tv_nsec;
}

#endif
