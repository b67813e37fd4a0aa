// Part of toylab. Licensed under Apache-2.0; see LICENSE.

#include "cache.h"

#if defined(__APPLE__)
#include <sys/sysctl.h>

int64_t toylab_level2_cache_bytes(void) {
  int64_t bytes = 0;
  size_t size = sizeof(bytes);
  return sysctlbyname("hw.l2cachesize", &bytes, &size, NULL, 0) == 0 ? bytes : 0;
}

#else
#include <unistd.h>

int64_t toylab_level2_cache_bytes(void) {
#if defined(_SC_LEVEL2_CACHE_SIZE)
  long bytes = sysconf(_SC_LEVEL2_CACHE_SIZE);
  return bytes > 0 ? bytes : 0;
#else
  return 0;
#endif
}

#endif
