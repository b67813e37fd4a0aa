// Part of toylab. Licensed under Apache-2.0; see LICENSE.

#include "pool.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <unistd.h>

// A worker first spins, since the next job of a training loop comes within microseconds, then
// sleeps on a condition variable. With more workers than cores spinning only steals time.
enum { SPIN_ROUNDS = 4000 };

struct toylab_pool {
  pthread_mutex_t mutex;
  pthread_cond_t wake;
  pthread_cond_t done;
  pthread_t *threads;
  int32_t thread_count;
  int32_t spin_rounds;
  toylab_task body;
  void *context;
  int64_t task_count;
  _Atomic int64_t next_task;
  _Atomic int32_t running;
  _Atomic uint64_t generation;
  _Atomic int32_t stopping;
};

typedef struct {
  toylab_pool *pool;
  int32_t worker;
} worker_start;

static inline void relax(void) {
#if defined(__x86_64__)
  __builtin_ia32_pause();
#elif defined(__aarch64__)
  __asm__ volatile("yield");
#endif
}

static void take_tasks(toylab_pool *pool, int32_t worker) {
  for (;;) {
    int64_t task = atomic_fetch_add_explicit(&pool->next_task, 1, memory_order_relaxed);
    if (task >= pool->task_count) return;
    pool->body(pool->context, task, worker);
  }
}

static void *worker_main(void *argument) {
  worker_start start = *(worker_start *)argument;
  free(argument);
  toylab_pool *pool = start.pool;
  uint64_t seen = 0;
  for (;;) {
    for (int32_t round = 0; round < pool->spin_rounds; round++) {
      if (atomic_load_explicit(&pool->generation, memory_order_acquire) != seen) break;
      relax();
    }
    if (atomic_load_explicit(&pool->generation, memory_order_acquire) == seen) {
      pthread_mutex_lock(&pool->mutex);
      while (atomic_load(&pool->generation) == seen) pthread_cond_wait(&pool->wake, &pool->mutex);
      pthread_mutex_unlock(&pool->mutex);
    }
    seen = atomic_load(&pool->generation);
    if (atomic_load(&pool->stopping)) return NULL;
    take_tasks(pool, start.worker);
    if (atomic_fetch_sub(&pool->running, 1) == 1) {
      pthread_mutex_lock(&pool->mutex);
      pthread_cond_signal(&pool->done);
      pthread_mutex_unlock(&pool->mutex);
    }
  }
}

toylab_pool *toylab_pool_create(int32_t threads) {
  if (threads < 1) threads = 1;
  toylab_pool *pool = calloc(1, sizeof *pool);
  if (!pool) return NULL;
  pthread_mutex_init(&pool->mutex, NULL);
  pthread_cond_init(&pool->wake, NULL);
  pthread_cond_init(&pool->done, NULL);
  long cores = sysconf(_SC_NPROCESSORS_ONLN);
  pool->spin_rounds = threads <= cores ? SPIN_ROUNDS : 0;
  pool->threads = calloc((size_t)threads, sizeof *pool->threads);
  pool->thread_count = 1;
  for (int32_t worker = 1; pool->threads && worker < threads; worker++) {
    worker_start *start = malloc(sizeof *start);
    if (start) *start = (worker_start){pool, worker};
    if (!start || pthread_create(&pool->threads[worker], NULL, worker_main, start) != 0) {
      free(start);
      break;
    }
    pool->thread_count += 1;
  }
  if (pool->thread_count != threads) {
    toylab_pool_destroy(pool);
    return NULL;
  }
  return pool;
}

static void publish(toylab_pool *pool) {
  pthread_mutex_lock(&pool->mutex);
  atomic_fetch_add_explicit(&pool->generation, 1, memory_order_release);
  pthread_cond_broadcast(&pool->wake);
  pthread_mutex_unlock(&pool->mutex);
}

void toylab_pool_destroy(toylab_pool *pool) {
  if (!pool) return;
  atomic_store(&pool->stopping, 1);
  publish(pool);
  for (int32_t worker = 1; worker < pool->thread_count; worker++) {
    pthread_join(pool->threads[worker], NULL);
  }
  pthread_mutex_destroy(&pool->mutex);
  pthread_cond_destroy(&pool->wake);
  pthread_cond_destroy(&pool->done);
  free(pool->threads);
  free(pool);
}

int32_t toylab_pool_threads(const toylab_pool *pool) { return pool->thread_count; }

void toylab_pool_run(toylab_pool *pool, int64_t tasks, toylab_task body, void *context) {
  if (pool->thread_count == 1 || tasks <= 1) {
    for (int64_t task = 0; task < tasks; task++) body(context, task, 0);
    return;
  }
  pool->body = body;
  pool->context = context;
  pool->task_count = tasks;
  atomic_store(&pool->next_task, 0);
  atomic_store(&pool->running, pool->thread_count - 1);
  publish(pool);
  take_tasks(pool, 0);
  for (int32_t round = 0; round < pool->spin_rounds; round++) {
    if (atomic_load_explicit(&pool->running, memory_order_acquire) == 0) return;
    relax();
  }
  pthread_mutex_lock(&pool->mutex);
  while (atomic_load(&pool->running) != 0) pthread_cond_wait(&pool->done, &pool->mutex);
  pthread_mutex_unlock(&pool->mutex);
}
