// Part of toylab. Licensed under Apache-2.0; see LICENSE.

// Whatever the compiler's baseline has: NEON on arm64, SSE2 on x86-64.

#include "kernels.h"

#define TOYLAB_LEVEL(x) x##_plain
#define VECTOR_BYTES 16
#if defined(__aarch64__)
#define TILE_ROWS 8
#else
#define TILE_ROWS 6
#endif
#define TILE_VECTORS 2
#include "kernels_f64.h"
