// Part of toylab. Licensed under Apache-2.0; see LICENSE.
//
// The kernels of double-precision programs, as kernels_f32.h. Double precision serves verification and
// probes: its elementary functions are the C library's.

#pragma clang fp contract(fast)

#define REAL double
#define NAME(x) TOYLAB_LEVEL(x##_f64)
#define MATH_EXP exp
#define MATH_LOG log
#define MATH_SIN sin
#define MATH_COS cos
#define MATH_TANH tanh
#define MATH_SIGMOID(x) (1.0 / (1.0 + exp(-(x))))
#define MATH_SQRT sqrt
#define MATH_ERF erf
#define MATH_LOOP
#define TRIGONOMETRIC_IN_RANGE(x) 1

#include "elementwise_template.h"
#include "fused_template.h"
#include "matmul_template.h"
#include "program_template.h"
