// Part of toylab. Licensed under Apache-2.0; see LICENSE.
//
// Run-time choice of instruction set on x86-64 Linux. Single loops are built once for each level and
// picked by the loader (TOYLAB_CLONES). The kernels of programs are built as whole files, one a level,
// because a compiler left alone keeps to half of a 512-bit vector; `tune=` lifts that. Elsewhere
// (arm64, macOS) the plain build is used; NEON is part of that baseline.

#ifndef TOYLAB_TARGETS_H
#define TOYLAB_TARGETS_H

#if defined(__x86_64__) && defined(__linux__) && defined(__clang__)
#define TOYLAB_HAS_LEVELS 1
#define TOYLAB_CLONES \
  __attribute__((target_clones("arch=x86-64-v4", "arch=x86-64-v3", "default")))
#define TOYLAB_TARGET_V4 \
  _Pragma("clang attribute push(__attribute__((target(\"arch=x86-64-v4,tune=znver4\"))), apply_to = function)")
#define TOYLAB_TARGET_V3 \
  _Pragma("clang attribute push(__attribute__((target(\"arch=x86-64-v3\"))), apply_to = function)")
#define TOYLAB_TARGET_END _Pragma("clang attribute pop")
#else
#define TOYLAB_HAS_LEVELS 0
#define TOYLAB_CLONES
#endif

#define TOYLAB_INLINE static inline __attribute__((always_inline))

#endif
