// Part of toylab. Licensed under Apache-2.0; see LICENSE.

#ifndef TOYLAB_POOL_H
#define TOYLAB_POOL_H

#include <stdint.h>

/// Worker threads that live as long as the pool. The calling thread is worker 0.
typedef struct toylab_pool toylab_pool;

/// A body called once for every task number; `worker` is below the pool's thread count.
typedef void (*toylab_task)(void *context, int64_t task, int32_t worker);

/// A pool of `threads` workers in all (at least 1), or of as many as can be started; NULL without memory.
toylab_pool *toylab_pool_create(int32_t threads);
void toylab_pool_destroy(toylab_pool *pool);
int32_t toylab_pool_threads(const toylab_pool *pool);

/// Runs every task, of fewer than 2^32, and returns when all are done. Calls must not overlap. It waits for
/// tasks that other threads took, not for threads to wake up, and allocates nothing.
void toylab_pool_run(toylab_pool *pool, int64_t tasks, toylab_task body, void *context);

#endif
