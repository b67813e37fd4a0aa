// Part of toylab. Licensed under Apache-2.0; see LICENSE.

#define _GNU_SOURCE
#include "instrumentation.h"

#include <stddef.h>

#if defined(__linux__) && defined(__x86_64__)
#include <features.h>
#endif

#if defined(__GLIBC__) && defined(__x86_64__) && !__has_feature(address_sanitizer) && \
    !__has_feature(thread_sanitizer)

#include <dlfcn.h>
#include <errno.h>

static _Thread_local toylab_counts counts;

// MARK: - The heap
//
// A program's own definitions take the place of the library's, whose functions stay reachable by their
// second names.

void *__libc_malloc(size_t size);
void *__libc_calloc(size_t count, size_t size);
void *__libc_realloc(void *memory, size_t size);
void *__libc_memalign(size_t alignment, size_t size);

void *malloc(size_t size) {
  counts.allocations++;
  return __libc_malloc(size);
}

void *calloc(size_t count, size_t size) {
  counts.allocations++;
  return __libc_calloc(count, size);
}

void *realloc(void *memory, size_t size) {
  counts.allocations++;
  return __libc_realloc(memory, size);
}

void *memalign(size_t alignment, size_t size) {
  counts.allocations++;
  return __libc_memalign(alignment, size);
}

void *aligned_alloc(size_t alignment, size_t size) {
  counts.allocations++;
  return __libc_memalign(alignment, size);
}

int posix_memalign(void **memory, size_t alignment, size_t size) {
  counts.allocations++;
  if (alignment % sizeof(void *) != 0 || (alignment & (alignment - 1)) != 0) return EINVAL;
  void *result = __libc_memalign(alignment, size);
  if (!result) return ENOMEM;
  *memory = result;
  return 0;
}

// MARK: - Reference counting
//
// Compiled Swift code calls these by name, so that the program's own definitions serve it here too; what
// the runtime's library calls inside itself is not seen. (The runtime's own pointers for instruments, the
// only way to see that, pass on small strings as if they were objects in Swift 6.3.)

typedef void *(*retain_function)(void *);
typedef void *(*retain_n_function)(void *, uint32_t);
typedef void (*release_function)(void *);
typedef void (*release_n_function)(void *, uint32_t);

/// Defines `name` as a function that counts the objects it gets and calls the next definition, the
/// runtime's.
#define COUNTED(name, type, result, counter, parameters, arguments)  \
  result name parameters;                                             \
  result name parameters {                                            \
    static type next;                                                 \
    type call = __atomic_load_n(&next, __ATOMIC_RELAXED);             \
    if (!call) {                                                      \
      call = (type)dlsym(RTLD_NEXT, #name);                           \
      __atomic_store_n(&next, call, __ATOMIC_RELAXED);                \
    }                                                                 \
    counts.counter += object != NULL;                                 \
    return call arguments;                                            \
  }

COUNTED(swift_retain, retain_function, void *, retains, (void *object), (object))
COUNTED(swift_bridgeObjectRetain, retain_function, void *, retains, (void *object), (object))
COUNTED(swift_retain_n, retain_n_function, void *, retains, (void *object, uint32_t n), (object, n))
COUNTED(swift_bridgeObjectRetain_n, retain_n_function, void *, retains, (void *object, uint32_t n),
        (object, n))
COUNTED(swift_release, release_function, void, releases, (void *object), (object))
COUNTED(swift_bridgeObjectRelease, release_function, void, releases, (void *object), (object))
COUNTED(swift_release_n, release_n_function, void, releases, (void *object, uint32_t n), (object, n))
COUNTED(swift_bridgeObjectRelease_n, release_n_function, void, releases, (void *object, uint32_t n),
        (object, n))

int32_t toylab_counts_exist(void) { return 1; }

toylab_counts toylab_counts_now(void) { return counts; }

#else

int32_t toylab_counts_exist(void) { return 0; }

toylab_counts toylab_counts_now(void) {
  toylab_counts none = {0, 0, 0};
  return none;
}

#endif
