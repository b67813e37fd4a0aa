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

/* Elements of a chunk: two or three vectors of one stay in the first-level cache, and a chunk is
 * worth handing to another thread. */
enum { chunk_size = 8192 };

typedef struct {
  size_t start;
  size_t count;
} chunk_range;

TOYLAB_INLINE chunk_range range_of_chunk(int64_t chunk, size_t count) {
  const size_t start = (size_t)chunk * chunk_size;
  chunk_range range = {start, count - start < chunk_size ? count - start : chunk_size};
  return range;
}

static void run_tasks(toylab_pool *pool, int64_t tasks, toylab_task body, void *context) {
  if (pool) {
    toylab_pool_run(pool, tasks, body, context);
    return;
  }
  for (int64_t task = 0; task < tasks; task++) body(context, task, 0);
}

/* Short vectors are done before another thread would have begun. */
static void run_chunks(toylab_pool *pool, size_t count, toylab_task body, void *context) {
  const int64_t chunks = (int64_t)((count + chunk_size - 1) / chunk_size);
  run_tasks(chunks < 4 ? NULL : pool, chunks, body, context);
}

enum { most_stretches = 64, least_stretch = 32768 };

/* The length of the stretches of which a sum is made, at most `most_stretches` of them. */
static size_t stretch_of(size_t count) {
  const size_t even = (count + most_stretches - 1) / most_stretches;
  return even < least_stretch ? least_stretch : even;
}

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
