// Part of toylab. Licensed under Apache-2.0; see LICENSE.

/* The bodies of optimizers.c, included once for each element type: REAL, NAMED, MAGNITUDE and
 * LARGEST are set by the including file. */

/* What an update reads and writes; each uses the fields it needs. */
typedef struct {
  REAL *parameters;
  const REAL *gradient;
  REAL *first_moment;
  REAL *second_moment;
  double *average;
  size_t count;
  toylab_adam_coefficients coefficients;
} NAMED(update);

TOYLAB_BODY(void, NAMED(adam_chunk))(void *context, int64_t chunk, int32_t worker) {
#pragma clang fp contract(off)
  (void)worker;
  const NAMED(update) *update = context;
  const toylab_adam_coefficients coefficients = update->coefficients;
  const chunk_range range = range_of_chunk(chunk, update->count);
  REAL *restrict parameters = update->parameters + range.start;
  const REAL *restrict gradient = update->gradient + range.start;
  REAL *restrict first_moment = update->first_moment + range.start;
  REAL *restrict second_moment = update->second_moment + range.start;
  const REAL scale = (REAL)coefficients.gradient_scale;
  const REAL beta1 = (REAL)coefficients.beta1, rest1 = (REAL)(1 - coefficients.beta1);
  const REAL beta2 = (REAL)coefficients.beta2, rest2 = (REAL)(1 - coefficients.beta2);
  const REAL rate = (REAL)coefficients.rate, epsilon = (REAL)coefficients.epsilon;
  const REAL inverse_root = (REAL)(1 / coefficients.root);
  const REAL kept = (REAL)(1 - coefficients.decay);
  for (size_t i = 0; i < range.count; i++) {
    const REAL slope = scale * gradient[i];
    const REAL first = beta1 * first_moment[i] + rest1 * slope;
    const REAL second = beta2 * second_moment[i] + rest2 * (slope * slope);
    first_moment[i] = first;
    second_moment[i] = second;
    const REAL denominator = SQUARE_ROOT(second) * inverse_root + epsilon;
    parameters[i] = kept * parameters[i] - rate * first / denominator;
  }
}
TOYLAB_LEVELS(static, void, NAMED(adam_chunk), (void *context, int64_t chunk, int32_t worker),
              (context, chunk, worker))

TOYLAB_BODY(void, NAMED(radam_unadapted_chunk))(void *context, int64_t chunk, int32_t worker) {
#pragma clang fp contract(off)
  (void)worker;
  const NAMED(update) *update = context;
  const toylab_adam_coefficients coefficients = update->coefficients;
  const chunk_range range = range_of_chunk(chunk, update->count);
  REAL *restrict parameters = update->parameters + range.start;
  const REAL *restrict gradient = update->gradient + range.start;
  REAL *restrict first_moment = update->first_moment + range.start;
  REAL *restrict second_moment = update->second_moment + range.start;
  const REAL scale = (REAL)coefficients.gradient_scale;
  const REAL beta1 = (REAL)coefficients.beta1, rest1 = (REAL)(1 - coefficients.beta1);
  const REAL beta2 = (REAL)coefficients.beta2, rest2 = (REAL)(1 - coefficients.beta2);
  const REAL rate = (REAL)coefficients.rate;
  const REAL kept = (REAL)(1 - coefficients.decay);
  for (size_t i = 0; i < range.count; i++) {
    const REAL slope = scale * gradient[i];
    const REAL first = beta1 * first_moment[i] + rest1 * slope;
    first_moment[i] = first;
    second_moment[i] = beta2 * second_moment[i] + rest2 * (slope * slope);
    parameters[i] = kept * parameters[i] - rate * first;
  }
}
TOYLAB_LEVELS(static, void, NAMED(radam_unadapted_chunk), (void *context, int64_t chunk, int32_t worker),
              (context, chunk, worker))

TOYLAB_BODY(void, NAMED(momentum_chunk))(void *context, int64_t chunk, int32_t worker) {
#pragma clang fp contract(off)
  (void)worker;
  const NAMED(update) *update = context;
  const chunk_range range = range_of_chunk(chunk, update->count);
  REAL *restrict parameters = update->parameters + range.start;
  const REAL *restrict gradient = update->gradient + range.start;
  REAL *restrict velocity = update->first_moment + range.start;
  const REAL scale = (REAL)update->coefficients.gradient_scale;
  const REAL step = (REAL)update->coefficients.rate, kept = (REAL)update->coefficients.beta1;
  for (size_t i = 0; i < range.count; i++) {
    const REAL moved = kept * velocity[i] + scale * gradient[i];
    velocity[i] = moved;
    parameters[i] = parameters[i] - step * moved;
  }
}
TOYLAB_LEVELS(static, void, NAMED(momentum_chunk), (void *context, int64_t chunk, int32_t worker),
              (context, chunk, worker))

TOYLAB_BODY(void, NAMED(descent_chunk))(void *context, int64_t chunk, int32_t worker) {
#pragma clang fp contract(off)
  (void)worker;
  const NAMED(update) *update = context;
  const chunk_range range = range_of_chunk(chunk, update->count);
  REAL *restrict parameters = update->parameters + range.start;
  const REAL *restrict gradient = update->gradient + range.start;
  const REAL scale = (REAL)update->coefficients.gradient_scale;
  const REAL step = (REAL)update->coefficients.rate;
  for (size_t i = 0; i < range.count; i++) {
    parameters[i] = parameters[i] - step * (scale * gradient[i]);
  }
}
TOYLAB_LEVELS(static, void, NAMED(descent_chunk), (void *context, int64_t chunk, int32_t worker),
              (context, chunk, worker))

TOYLAB_BODY(void, NAMED(average_chunk))(void *context, int64_t chunk, int32_t worker) {
#pragma clang fp contract(off)
  (void)worker;
  const NAMED(update) *update = context;
  const chunk_range range = range_of_chunk(chunk, update->count);
  double *restrict average = update->average + range.start;
  const REAL *restrict values = update->parameters + range.start;
  const double weight = update->coefficients.rate;
  for (size_t i = 0; i < range.count; i++) {
    average[i] = average[i] + weight * ((double)values[i] - average[i]);
  }
}
TOYLAB_LEVELS(static, void, NAMED(average_chunk), (void *context, int64_t chunk, int32_t worker),
              (context, chunk, worker))

void NAMED(adam_step)(toylab_pool *pool, REAL *parameters, const REAL *gradient,
                      REAL *first_moment, REAL *second_moment, size_t count,
                      toylab_adam_coefficients coefficients) {
  NAMED(update) update = {parameters, gradient, first_moment, second_moment,
                          NULL,       count,    coefficients};
  run_chunks(pool, count, NAMED(adam_chunk), &update);
}

void NAMED(radam_unadapted_step)(toylab_pool *pool, REAL *parameters, const REAL *gradient,
                                 REAL *first_moment, REAL *second_moment, size_t count,
                                 toylab_adam_coefficients coefficients) {
  NAMED(update) update = {parameters, gradient, first_moment, second_moment,
                          NULL,       count,    coefficients};
  run_chunks(pool, count, NAMED(radam_unadapted_chunk), &update);
}

void NAMED(momentum_step)(toylab_pool *pool, REAL *parameters, const REAL *gradient,
                          REAL *velocity, size_t count, double gradient_scale, double rate,
                          double momentum) {
  NAMED(update) update = {
      .parameters = parameters, .gradient = gradient, .first_moment = velocity, .count = count};
  update.coefficients.gradient_scale = gradient_scale;
  update.coefficients.rate = rate;
  update.coefficients.beta1 = momentum;
  run_chunks(pool, count, NAMED(momentum_chunk), &update);
}

void NAMED(descent_step)(toylab_pool *pool, REAL *parameters, const REAL *gradient, size_t count,
                         double gradient_scale, double rate) {
  NAMED(update) update = {.parameters = parameters, .gradient = gradient, .count = count};
  update.coefficients.gradient_scale = gradient_scale;
  update.coefficients.rate = rate;
  run_chunks(pool, count, NAMED(descent_chunk), &update);
}

void NAMED(average_update)(toylab_pool *pool, double *average, const REAL *values, size_t count,
                           double weight) {
  NAMED(update) update = {.parameters = (REAL *)values, .average = average, .count = count};
  update.coefficients.rate = weight;
  run_chunks(pool, count, NAMED(average_chunk), &update);
}

/* A vector and the sums of squares of its stretches, whose length its number of elements fixes. */
typedef struct {
  const REAL *values;
  size_t count;
  size_t stretch;
  double sums[most_stretches];
} NAMED(squares);

TOYLAB_BODY(void, NAMED(sum_stretch))(void *context, int64_t number, int32_t worker) {
#pragma clang fp contract(off)
  (void)worker;
  NAMED(squares) *squares = context;
  const size_t from = (size_t)number * squares->stretch;
  const REAL *restrict values = squares->values + from;
  const size_t count = squares->count - from < squares->stretch ? squares->count - from
                                                                : squares->stretch;
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
  squares->sums[number] = partial[0];
}
TOYLAB_LEVELS(static, void, NAMED(sum_stretch), (void *context, int64_t number, int32_t worker),
              (context, number, worker))

double NAMED(sum_of_squares)(toylab_pool *pool, const REAL *values, size_t count) {
  NAMED(squares) squares = {.values = values, .count = count, .stretch = stretch_of(count)};
  const int64_t stretches = (int64_t)((count + squares.stretch - 1) / squares.stretch);
  run_tasks(pool, stretches, NAMED(sum_stretch), &squares);
  double sum = 0;
  for (int64_t number = 0; number < stretches; number++) sum += squares.sums[number];
  return sum;
}

TOYLAB_BODY(ptrdiff_t, NAMED(first_non_finite))(const REAL *restrict values, size_t count) {
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
TOYLAB_LEVELS(, ptrdiff_t, NAMED(first_non_finite), (const REAL *restrict values, size_t count),
              (values, count))
