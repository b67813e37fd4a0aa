// Part of toylab. Licensed under Apache-2.0; see LICENSE.
//
// The kernels of double-precision programs, as kernels_f32.h.

#include "vector_math_f64.h"

#pragma clang fp contract(fast)

#define REAL double
#define NAME(x) TOYLAB_LEVEL(x##_f64)
#define MATH_EXP exp_f64
#define MATH_LOG log_f64
#define MATH_SIN sin_f64
#define MATH_COS cos_f64
#define MATH_TANH tanh_f64
#define MATH_SIGMOID sigmoid_f64
#define MATH_SQRT sqrt
#define MATH_ERF erf_f64

#define MATH_LOOP _Pragma("clang loop vectorize(assume_safety) interleave_count(4)")
#define TRIGONOMETRIC_IN_RANGE(x) (fabs(x) <= TRIGONOMETRIC_LIMIT_F64)

#include "elementwise_template.h"
#include "matmul_template.h"
#include "reductions_template.h"
#include "fused_template.h"
#include "program_template.h"
