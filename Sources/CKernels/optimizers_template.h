// Part of toylab. Licensed under Apache-2.0; see LICENSE.

/* The bodies of optimizers.c, included once for each element type: REAL, NAMED, MAGNITUDE and
 * LARGEST are set by the including file. */

TOYLAB_CLONES void NAMED(adam_step)(REAL *restrict parameters, const REAL *restrict gradient,
                                    REAL *restrict first_moment, REAL *restrict second_moment,
                                    size_t count, toylab_adam_coefficients coefficients) {
#pragma clang fp contract(off)
  const REAL scale = (REAL)coefficients.gradient_scale;
  const REAL beta1 = (REAL)coefficients.beta1, rest1 = (REAL)(1 - coefficients.beta1);
  const REAL beta2 = (REAL)coefficients.beta2, rest2 = (REAL)(1 - coefficients.beta2);
  const REAL rate = (REAL)coefficients.rate, epsilon = (REAL)coefficients.epsilon;
  const REAL inverse_root = (REAL)(1 / coefficients.root);
  const REAL kept = (REAL)(1 - coefficients.decay);
  for (size_t i = 0; i < count; i++) {
    const REAL slope = scale * gradient[i];
    const REAL first = beta1 * first_moment[i] + rest1 * slope;
    const REAL second = beta2 * second_moment[i] + rest2 * (slope * slope);
    first_moment[i] = first;
    second_moment[i] = second;
    const REAL denominator = SQUARE_ROOT(second) * inverse_root + epsilon;
    parameters[i] = kept * parameters[i] - rate * first / denominator;
  }
}

TOYLAB_CLONES void NAMED(radam_unadapted_step)(REAL *restrict parameters,
                                               const REAL *restrict gradient,
                                               REAL *restrict first_moment,
                                               REAL *restrict second_moment, size_t count,
                                               toylab_adam_coefficients coefficients) {
#pragma clang fp contract(off)
  const REAL scale = (REAL)coefficients.gradient_scale;
  const REAL beta1 = (REAL)coefficients.beta1, rest1 = (REAL)(1 - coefficients.beta1);
  const REAL beta2 = (REAL)coefficients.beta2, rest2 = (REAL)(1 - coefficients.beta2);
  const REAL rate = (REAL)coefficients.rate;
  const REAL kept = (REAL)(1 - coefficients.decay);
  for (size_t i = 0; i < count; i++) {
    const REAL slope = scale * gradient[i];
    const REAL first = beta1 * first_moment[i] + rest1 * slope;
    first_moment[i] = first;
    second_moment[i] = beta2 * second_moment[i] + rest2 * (slope * slope);
    parameters[i] = kept * parameters[i] - rate * first;
  }
}

TOYLAB_CLONES void NAMED(momentum_step)(REAL *restrict parameters, const REAL *restrict gradient,
                                        REAL *restrict velocity, size_t count,
                                        double gradient_scale, double rate, double momentum) {
#pragma clang fp contract(off)
  const REAL scale = (REAL)gradient_scale, step = (REAL)rate, kept = (REAL)momentum;
  for (size_t i = 0; i < count; i++) {
    const REAL moved = kept * velocity[i] + scale * gradient[i];
    velocity[i] = moved;
    parameters[i] = parameters[i] - step * moved;
  }
}

TOYLAB_CLONES void NAMED(descent_step)(REAL *restrict parameters, const REAL *restrict gradient,
                                       size_t count, double gradient_scale, double rate) {
#pragma clang fp contract(off)
  const REAL scale = (REAL)gradient_scale, step = (REAL)rate;
  for (size_t i = 0; i < count; i++) {
    parameters[i] = parameters[i] - step * (scale * gradient[i]);
  }
}

TOYLAB_CLONES void NAMED(average_update)(double *restrict average, const REAL *restrict values,
                                         size_t count, double weight) {
#pragma clang fp contract(off)
  for (size_t i = 0; i < count; i++) {
    average[i] = average[i] + weight * ((double)values[i] - average[i]);
  }
}

TOYLAB_CLONES double NAMED(sum_of_squares)(const REAL *restrict values, size_t count) {
#pragma clang fp contract(off)
  double partial[16] = {0};
  size_t start = 0;
  for (; start + 16 <= count; start += 16) {
    for (size_t lane = 0; lane < 16; lane++) {
      const double value = (double)values[start + lane];
      partial[lane] = partial[lane] + value * value;
    }
  }
  for (size_t lane = 0; start + lane < count; lane++) {
    const double value = (double)values[start + lane];
    partial[lane] = partial[lane] + value * value;
  }
  for (size_t width = 8; width > 0; width /= 2) {
    for (size_t lane = 0; lane < width; lane++) partial[lane] += partial[lane + width];
  }
  return partial[0];
}

TOYLAB_CLONES ptrdiff_t NAMED(first_non_finite)(const REAL *restrict values, size_t count) {
  /* A block is first counted without branches, which vectorises; only a bad block is searched. */
  enum { block = 1024 };
  for (size_t start = 0; start < count; start += block) {
    const size_t end = count - start < block ? count : start + block;
    int finite = 1;
    for (size_t i = start; i < end; i++) finite &= MAGNITUDE(values[i]) <= LARGEST;
    if (finite) continue;
    for (size_t i = start; i < end; i++) {
      if (!(MAGNITUDE(values[i]) <= LARGEST)) return (ptrdiff_t)i;
    }
  }
  return -1;
}
