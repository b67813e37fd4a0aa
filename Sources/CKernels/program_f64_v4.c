// Part of toylab. Licensed under Apache-2.0; see LICENSE.

// AVX-512.

#include "kernels.h"

#if TOYLAB_HAS_LEVELS

TOYLAB_TARGET_V4
#define TOYLAB_LEVEL(x) x##_v4
#define VECTOR_BYTES 64
#define TILE_ROWS 8
#define TILE_VECTORS 2
#include "kernels_f64.h"
TOYLAB_TARGET_END

#endif
