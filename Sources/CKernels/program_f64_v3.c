// Part of toylab. Licensed under Apache-2.0; see LICENSE.

// AVX2 and FMA.

#include "kernels.h"

#if TOYLAB_HAS_LEVELS

TOYLAB_TARGET_V3
#define TOYLAB_LEVEL(x) x##_v3
#define VECTOR_BYTES 32
#define TILE_ROWS 6
#define TILE_VECTORS 2
#include "kernels_f64.h"
TOYLAB_TARGET_END

#endif
