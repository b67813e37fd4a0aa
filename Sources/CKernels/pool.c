// Part of toylab. Licensed under Apache-2.0; see LICENSE.

#define _GNU_SOURCE
#include "pool.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#if defined(__linux__)
#include <sched.h>
#endif

// A worker first spins, since the next job of a training loop comes within microseconds, then sleeps on a
// condition variable. With more workers than cores spinning only steals time. A job waits for the tasks
// that were taken, never for a worker to wake up: who comes late finds nothing left to take.
enum { SPIN_ROUNDS = 4000 };

struct toylab_pool {
  // The number of the job in the upper half, how many of its tasks are not yet taken in the lower. What
  // describes a job may be read by whoever took a task of it: it stays until that task is finished.
  _Atomic uint64_t state;
  toylab_task body;
  void *context;
  uint32_t task_count;
  // Apart from what waiting workers poll.
  _Alignas(64) _Atomic uint32_t finished;
  _Atomic int32_t stopping;
  _Atomic int32_t sleepers;
  _Atomic int32_t is_caller_asleep;
  pthread_mutex_t mutex;
  pthread_cond_t wake;
  pthread_cond_t done;
  pthread_t *threads;
  int32_t thread_count;
  int32_t spin_rounds;
};

typedef struct {
  toylab_pool *pool;
  int32_t worker;
} worker_start;

static inline void relax(void) {
#if defined(__x86_64__)
  __builtin_ia32_pause();
#elif defined(__aarch64__)
  __asm__ volatile("isb");
#endif
}

static uint32_t job_of(uint64_t state) { return (uint32_t)(state >> 32); }

/// Runs tasks of the current job until none is left to take; the number of that job.
static uint32_t take_tasks(toylab_pool *pool, int32_t worker) {
  uint64_t state = atomic_load_explicit(&pool->state, memory_order_acquire);
  while ((uint32_t)state != 0) {
    if (!atomic_compare_exchange_weak_explicit(&pool->state, &state, state - 1,
                                               memory_order_acq_rel, memory_order_acquire)) {
      continue;
    }
    uint32_t count = pool->task_count;
    pool->body(pool->context, count - (uint32_t)state, worker);
    // The caller announces its sleep before it looks at the count once more.
    if (atomic_fetch_add(&pool->finished, 1) + 1 == count &&
        atomic_load(&pool->is_caller_asleep)) {
      pthread_mutex_lock(&pool->mutex);
      pthread_cond_signal(&pool->done);
      pthread_mutex_unlock(&pool->mutex);
    }
    state = atomic_load_explicit(&pool->state, memory_order_acquire);
  }
  return job_of(state);
}

static void wait_for_job(toylab_pool *pool, uint32_t seen) {
  for (int32_t round = 0; round < pool->spin_rounds; round++) {
    if (job_of(atomic_load_explicit(&pool->state, memory_order_acquire)) != seen) return;
    relax();
  }
  pthread_mutex_lock(&pool->mutex);
  // Announced before the last look: `publish` looks for sleepers after it has changed the state.
  atomic_fetch_add(&pool->sleepers, 1);
  while (job_of(atomic_load(&pool->state)) == seen) pthread_cond_wait(&pool->wake, &pool->mutex);
  atomic_fetch_sub(&pool->sleepers, 1);
  pthread_mutex_unlock(&pool->mutex);
}

static void *worker_main(void *argument) {
  worker_start start = *(worker_start *)argument;
  free(argument);
  for (;;) {
    uint32_t seen = take_tasks(start.pool, start.worker);
    // After the look at the state: a pool that stops says so before it publishes its last job.
    if (atomic_load(&start.pool->stopping)) return NULL;
    wait_for_job(start.pool, seen);
  }
}

/// The processors this process may run on.
static long usable_cores(void) {
#if defined(__linux__)
  cpu_set_t set;
  if (sched_getaffinity(0, sizeof set, &set) == 0) return CPU_COUNT(&set);
#endif
  return sysconf(_SC_NPROCESSORS_ONLN);
}

toylab_pool *toylab_pool_create(int32_t threads) {
  if (threads < 1) threads = 1;
  toylab_pool *pool = NULL;
  if (posix_memalign((void **)&pool, 64, sizeof *pool) != 0) return NULL;
  memset(pool, 0, sizeof *pool);
  pool->thread_count = 1;
  pthread_mutex_init(&pool->mutex, NULL);
  pthread_cond_init(&pool->wake, NULL);
  pthread_cond_init(&pool->done, NULL);
  pool->spin_rounds = threads <= usable_cores() ? SPIN_ROUNDS : 0;
  pool->threads = calloc((size_t)threads, sizeof *pool->threads);
  for (int32_t worker = 1; pool->threads && worker < threads; worker++) {
    worker_start *start = malloc(sizeof *start);
    if (start) *start = (worker_start){pool, worker};
    if (!start || pthread_create(&pool->threads[worker], NULL, worker_main, start) != 0) {
      free(start);
      break;
    }
    pool->thread_count += 1;
  }
  if (!pool->threads) {
    toylab_pool_destroy(pool);
    return NULL;
  }
  // The system has no more threads to give: those that there are do the work.
  return pool;
}

/// Begins the next job. Only sleepers cost a system call.
static void publish(toylab_pool *pool, uint32_t tasks) {
  uint64_t job = job_of(atomic_load_explicit(&pool->state, memory_order_relaxed)) + 1u;
  atomic_store(&pool->state, job << 32 | tasks);
  if (atomic_load(&pool->sleepers) == 0) return;
  pthread_mutex_lock(&pool->mutex);
  pthread_cond_broadcast(&pool->wake);
  pthread_mutex_unlock(&pool->mutex);
}

void toylab_pool_destroy(toylab_pool *pool) {
  if (!pool) return;
  atomic_store(&pool->stopping, 1);
  publish(pool, 0);
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

static void wait_for_tasks(toylab_pool *pool, uint32_t tasks) {
  for (int32_t round = 0; round < pool->spin_rounds; round++) {
    if (atomic_load_explicit(&pool->finished, memory_order_acquire) == tasks) return;
    relax();
  }
  pthread_mutex_lock(&pool->mutex);
  atomic_store(&pool->is_caller_asleep, 1);
  while (atomic_load(&pool->finished) != tasks) pthread_cond_wait(&pool->done, &pool->mutex);
  atomic_store(&pool->is_caller_asleep, 0);
  pthread_mutex_unlock(&pool->mutex);
}

void toylab_pool_run(toylab_pool *pool, int64_t tasks, toylab_task body, void *context) {
  if (pool->thread_count == 1 || tasks <= 1) {
    for (int64_t task = 0; task < tasks; task++) body(context, task, 0);
    return;
  }
  pool->body = body;
  pool->context = context;
  pool->task_count = (uint32_t)tasks;
  atomic_store_explicit(&pool->finished, 0, memory_order_relaxed);
  publish(pool, (uint32_t)tasks);
  take_tasks(pool, 0);
  wait_for_tasks(pool, (uint32_t)tasks);
}
