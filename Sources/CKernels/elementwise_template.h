// Part of toylab. Licensed under Apache-2.0; see LICENSE.
//
// Tile-wide elementwise operations, included once for each element type with
//   REAL, NAME(x), the MATH_ functions, MATH_LOOP (a pragma for loops over them) and
//   TRIGONOMETRIC_IN_RANGE(x) defined.

#define UNARY(name, expression) \
  static void NAME(name)(REAL *d, const REAL *a, int64_t n) { \
    _Pragma("clang loop vectorize(assume_safety)") for (int64_t i = 0; i < n; i++) { \
      REAL x = a[i]; \
      d[i] = (expression); \
    } \
  }

// Loops over elementary functions: vectorised where those are inlined polynomials.
#define FUNCTION(name, expression) \
  static void NAME(name)(REAL *d, const REAL *a, int64_t n) { \
    MATH_LOOP for (int64_t i = 0; i < n; i++) { \
      REAL x = a[i]; \
      d[i] = (expression); \
    } \
  }

#define BINARY(name, expression) \
  static void NAME(name)(REAL *d, const REAL *a, const REAL *b, int64_t n) { \
    _Pragma("clang loop vectorize(assume_safety)") for (int64_t i = 0; i < n; i++) { \
      REAL x = a[i], y = b[i]; \
      d[i] = (expression); \
    } \
  }

UNARY(op_negate, -x)
UNARY(op_reciprocal, (REAL)1 / x)
FUNCTION(op_exp, MATH_EXP(x))
FUNCTION(op_log, MATH_LOG(x))
FUNCTION(op_sin, MATH_SIN(x))
FUNCTION(op_cos, MATH_COS(x))
FUNCTION(op_tanh, MATH_TANH(x))
FUNCTION(op_sigmoid, MATH_SIGMOID(x))
UNARY(op_sqrt, MATH_SQRT(x))
UNARY(op_rsqrt, (REAL)1 / MATH_SQRT(x))
FUNCTION(op_erf, MATH_ERF(x))
UNARY(op_abs, x < 0 ? -x : (x == 0 ? (REAL)0 : x))
UNARY(op_sign, x > 0 ? (REAL)1 : (x < 0 ? (REAL)-1 : x))

BINARY(op_add, x + y)
BINARY(op_subtract, x - y)
BINARY(op_multiply, x *y)
BINARY(op_divide, x / y)
// A NaN in either operand comes out.
BINARY(op_maximum, (x >= y || x != x) ? x : y)
BINARY(op_minimum, (x <= y || x != x) ? x : y)
BINARY(op_less, x < y ? (REAL)1 : (REAL)0)
BINARY(op_less_or_equal, x <= y ? (REAL)1 : (REAL)0)
BINARY(op_equal, x == y ? (REAL)1 : (REAL)0)

static inline REAL *NAME(resolve)(void *const *bases, toylab_ref ref) {
  return (REAL *)bases[ref.base] + ref.offset;
}

static void NAME(op_select)(REAL *d, const REAL *mask, const REAL *a, const REAL *b,
                                          int64_t n) {
  _Pragma("clang loop vectorize(assume_safety)") for (int64_t i = 0; i < n; i++) {
    d[i] = mask[i] != 0 ? a[i] : b[i];
  }
}

/// Whether sin and cos of a whole tile lie in the polynomials' range.
static int32_t NAME(trigonometric_in_range)(const REAL *a, int64_t n) {
  int32_t in_range = 1;
  for (int64_t i = 0; i < n; i++) in_range &= TRIGONOMETRIC_IN_RANGE(a[i]);
  return in_range;
}

// Elements beyond the range go to the C library one by one; the others come out as in any tile.
#define TRIGONOMETRIC(name, polynomial, library) \
  static void NAME(name)(REAL *d, const REAL *a, int64_t n) { \
    for (int64_t i = 0; i < n; i++) { \
      REAL x = a[i]; \
      d[i] = TRIGONOMETRIC_IN_RANGE(x) ? polynomial(x) : (REAL)library(x); \
    } \
  }

TRIGONOMETRIC(op_sin_anywhere, MATH_SIN, sin)
TRIGONOMETRIC(op_cos_anywhere, MATH_COS, cos)

// Two operations in one pass: the result of the first stays in a register.
#define PAIR(name, expression) \
  static void NAME(name)(REAL *d, const REAL *a, const REAL *b, const REAL *c, int64_t n) { \
    _Pragma("clang loop vectorize(assume_safety)") for (int64_t i = 0; i < n; i++) { \
      REAL x = a[i], y = b[i], z = c[i]; \
      d[i] = (expression); \
    } \
  }

PAIR(pair_add_add, (x + y) + z)
PAIR(pair_add_subtract, (x + y) - z)
PAIR(pair_add_subtract_from, z - (x + y))
PAIR(pair_add_multiply, (x + y) * z)
PAIR(pair_subtract_add, (x - y) + z)
PAIR(pair_subtract_subtract, (x - y) - z)
PAIR(pair_subtract_subtract_from, z - (x - y))
PAIR(pair_subtract_multiply, (x - y) * z)
PAIR(pair_multiply_add, x *y + z)
PAIR(pair_multiply_subtract, x *y - z)
PAIR(pair_multiply_subtract_from, z - x * y)
PAIR(pair_multiply_multiply, (x * y) * z)

#undef PAIR
#undef UNARY
#undef FUNCTION
#undef BINARY
#undef TRIGONOMETRIC

static void NAME(trigonometric_tile)(REAL *d, const REAL *a, int64_t n, int32_t is_sine) {
  if (NAME(trigonometric_in_range)(a, n)) {
    if (is_sine) {
      NAME(op_sin)(d, a, n);
    } else {
      NAME(op_cos)(d, a, n);
    }
  } else if (is_sine) {
    NAME(op_sin_anywhere)(d, a, n);
  } else {
    NAME(op_cos_anywhere)(d, a, n);
  }
}

static void NAME(apply)(int32_t opcode, REAL *d, const REAL *a, const REAL *b, const REAL *c,
                        int64_t n) {
  switch (opcode) {
    case TOYLAB_OP_COPY:
      if (d != a) memmove(d, a, (size_t)n * sizeof(REAL));
      break;
    case TOYLAB_OP_NEGATE: NAME(op_negate)(d, a, n); break;
    case TOYLAB_OP_RECIPROCAL: NAME(op_reciprocal)(d, a, n); break;
    case TOYLAB_OP_EXPONENTIAL: NAME(op_exp)(d, a, n); break;
    case TOYLAB_OP_LOGARITHM: NAME(op_log)(d, a, n); break;
    case TOYLAB_OP_SINE: NAME(trigonometric_tile)(d, a, n, 1); break;
    case TOYLAB_OP_COSINE: NAME(trigonometric_tile)(d, a, n, 0); break;
    case TOYLAB_OP_TANH: NAME(op_tanh)(d, a, n); break;
    case TOYLAB_OP_SIGMOID: NAME(op_sigmoid)(d, a, n); break;
    case TOYLAB_OP_SQUARE_ROOT: NAME(op_sqrt)(d, a, n); break;
    case TOYLAB_OP_RECIPROCAL_SQUARE_ROOT: NAME(op_rsqrt)(d, a, n); break;
    case TOYLAB_OP_ERF: NAME(op_erf)(d, a, n); break;
    case TOYLAB_OP_ABSOLUTE: NAME(op_abs)(d, a, n); break;
    case TOYLAB_OP_SIGN: NAME(op_sign)(d, a, n); break;
    case TOYLAB_OP_ADD: NAME(op_add)(d, a, b, n); break;
    case TOYLAB_OP_SUBTRACT: NAME(op_subtract)(d, a, b, n); break;
    case TOYLAB_OP_MULTIPLY: NAME(op_multiply)(d, a, b, n); break;
    case TOYLAB_OP_DIVIDE: NAME(op_divide)(d, a, b, n); break;
    case TOYLAB_OP_MAXIMUM: NAME(op_maximum)(d, a, b, n); break;
    case TOYLAB_OP_MINIMUM: NAME(op_minimum)(d, a, b, n); break;
    case TOYLAB_OP_LESS: NAME(op_less)(d, a, b, n); break;
    case TOYLAB_OP_LESS_OR_EQUAL: NAME(op_less_or_equal)(d, a, b, n); break;
    case TOYLAB_OP_EQUAL: NAME(op_equal)(d, a, b, n); break;
    case TOYLAB_OP_SELECT: NAME(op_select)(d, a, b, c, n); break;
    case TOYLAB_OP_PAIR + 0: NAME(pair_add_add)(d, a, b, c, n); break;
    case TOYLAB_OP_PAIR + 1: NAME(pair_add_subtract)(d, a, b, c, n); break;
    case TOYLAB_OP_PAIR + 2: NAME(pair_add_subtract_from)(d, a, b, c, n); break;
    case TOYLAB_OP_PAIR + 3: NAME(pair_add_multiply)(d, a, b, c, n); break;
    case TOYLAB_OP_PAIR + 4: NAME(pair_subtract_add)(d, a, b, c, n); break;
    case TOYLAB_OP_PAIR + 5: NAME(pair_subtract_subtract)(d, a, b, c, n); break;
    case TOYLAB_OP_PAIR + 6: NAME(pair_subtract_subtract_from)(d, a, b, c, n); break;
    case TOYLAB_OP_PAIR + 7: NAME(pair_subtract_multiply)(d, a, b, c, n); break;
    case TOYLAB_OP_PAIR + 8: NAME(pair_multiply_add)(d, a, b, c, n); break;
    case TOYLAB_OP_PAIR + 9: NAME(pair_multiply_subtract)(d, a, b, c, n); break;
    case TOYLAB_OP_PAIR + 10: NAME(pair_multiply_subtract_from)(d, a, b, c, n); break;
    case TOYLAB_OP_PAIR + 11: NAME(pair_multiply_multiply)(d, a, b, c, n); break;
  }
}
