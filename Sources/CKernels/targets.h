// Part of toylab. Licensed under Apache-2.0; see LICENSE.
//
// Run-time choice of instruction set on x86-64 Linux. The body of a loop that is built once for each level is written
// with TOYLAB_BODY, and TOYLAB_LEVELS makes the function that picks a build by toylab_level. The kernels of programs
// are built as whole files, one a level, because a compiler left alone keeps to half of a 512-bit vector; `tune=` lifts
// that. Elsewhere (arm64, macOS) the plain build is used; NEON is part of that baseline.

#ifndef TOYLAB_TARGETS_H
#define TOYLAB_TARGETS_H

#include "program.h"

#define TOYLAB_BODY(result, name) TOYLAB_BODY_OF(result, name)
#define TOYLAB_BODY_OF(result, name) TOYLAB_INLINE result name##_body
#define TOYLAB_LEVELS(linkage, result, name, parameters, arguments) \
  TOYLAB_LEVELS_OF(linkage, result, name, parameters, arguments)

#if defined(__x86_64__) && defined(__linux__) && defined(__clang__)
#define TOYLAB_HAS_LEVELS 1
#define TOYLAB_LEVELS_OF(linkage, result, name, parameters, arguments) \
  __attribute__((target("arch=x86-64-v4"))) static result name##_v4 parameters { \
    return name##_body arguments; \
  } \
  __attribute__((target("arch=x86-64-v3"))) static result name##_v3 parameters { \
    return name##_body arguments; \
  } \
  linkage result name parameters { \
    switch (toylab_level()) { \
      case TOYLAB_LEVEL_V4: return name##_v4 arguments; \
      case TOYLAB_LEVEL_V3: return name##_v3 arguments; \
      default: return name##_body arguments; \
    } \
  }
#define TOYLAB_TARGET_V4 \
  _Pragma("clang attribute push(__attribute__((target(\"arch=x86-64-v4,tune=znver4\"))), apply_to = function)")
#define TOYLAB_TARGET_V3 \
  _Pragma("clang attribute push(__attribute__((target(\"arch=x86-64-v3\"))), apply_to = function)")
#define TOYLAB_TARGET_END _Pragma("clang attribute pop")
#else
#define TOYLAB_HAS_LEVELS 0
#define TOYLAB_LEVELS_OF(linkage, result, name, parameters, arguments) \
  linkage result name parameters { return name##_body arguments; }
#endif

#define TOYLAB_INLINE static inline __attribute__((always_inline))

#endif
