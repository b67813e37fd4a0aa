// Part of toylab. Licensed under Apache-2.0; see LICENSE.

#ifndef TOYLAB_CACHE_H
#define TOYLAB_CACHE_H

#include <stdint.h>

/// Bytes of a core's second-level cache as the system tells them; 0 if it does not.
int64_t toylab_level2_cache_bytes(void);

#endif
