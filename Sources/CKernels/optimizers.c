// Part of toylab. Licensed under Apache-2.0; see LICENSE.

#include "optimizers.h"

#include <float.h>
#include <math.h>

#include "targets.h"

/* The library's square root may set errno, which keeps a loop from being vectorised. */
#if __has_builtin(__builtin_elementwise_sqrt)
#define SQUARE_ROOT(value) __builtin_elementwise_sqrt(value)
#else
#define SQUARE_ROOT(value) ((REAL)sqrt(value))
#endif

#define REAL float
#define NAMED(name) toylab_##name##_float
#define MAGNITUDE fabsf
#define LARGEST FLT_MAX
#include "optimizers_template.h"
#undef REAL
#undef NAMED
#undef MAGNITUDE
#undef LARGEST

#define REAL double
#define NAMED(name) toylab_##name##_double
#define MAGNITUDE fabs
#define LARGEST DBL_MAX
#include "optimizers_template.h"
