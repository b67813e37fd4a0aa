// Part of toylab. Licensed under Apache-2.0; see LICENSE.
//
// The kernels of single-precision programs for one level of the instruction set. The including file
// sets TOYLAB_LEVEL(x), VECTOR_BYTES, TILE_ROWS and TILE_VECTORS, and has included kernels.h.

#include "vector_math_f32.h"

#pragma clang fp contract(fast)

#define REAL float
#define NAME(x) TOYLAB_LEVEL(x##_f32)
#define MATH_EXP exp_f32
#define MATH_LOG log_f32
#define MATH_SIN sin_f32
#define MATH_COS cos_f32
#define MATH_TANH tanh_f32
#define MATH_SIGMOID sigmoid_f32
#define MATH_SQRT __builtin_sqrtf
#define MATH_ERF erf_f32

#define MATH_LOOP _Pragma("clang loop vectorize(assume_safety) interleave_count(4)")
#define TRIGONOMETRIC_IN_RANGE(x) (fabsf(x) <= TRIGONOMETRIC_LIMIT_F32)

#include "elementwise_template.h"
#include "matmul_template.h"
#include "reductions_template.h"
#include "fused_template.h"
#include "program_template.h"
