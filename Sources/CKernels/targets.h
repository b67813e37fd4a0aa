// Part of toylab. Licensed under Apache-2.0; see LICENSE.
//
// Run-time choice of instruction set: the compiler builds a function once for each level and the
// loader picks. Elsewhere (arm64, macOS) the plain build is used; NEON is part of that baseline.

#ifndef TOYLAB_TARGETS_H
#define TOYLAB_TARGETS_H

#if defined(__x86_64__) && defined(__linux__) && defined(__clang__)
#define TOYLAB_CLONES \
  __attribute__((target_clones("arch=x86-64-v4", "arch=x86-64-v3", "default")))
#else
#define TOYLAB_CLONES
#endif

#define TOYLAB_INLINE static inline __attribute__((always_inline))

#endif
