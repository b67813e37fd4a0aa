// Part of toylab. Licensed under Apache-2.0; see LICENSE.

#ifndef TOYLAB_OPTIMIZERS_H
#define TOYLAB_OPTIMIZERS_H

#include <stddef.h>

#include "pool.h"

/* Vector updates of the optimisers, for float and double.
 *
 * Every function works element by element, or sums in an order fixed by the number of elements
 * alone, and no product is fused with a sum: the bits depend neither on the vector width of the
 * machine nor on the pool. Long vectors are shared out over the pool's threads; without one (NULL)
 * the calling thread does it all.
 *
 * Vectors hold `count` elements and do not overlap. Coefficients are given in double and rounded
 * once to the element type. */

/* parameters <- (1 - decay) parameters - rate first_moment / (sqrt(second_moment) / root + epsilon)
 * with the moments updated first from gradient_scale * gradient. */
typedef struct {
  double gradient_scale; /* multiplies the gradient, for clipping */
  double beta1;          /* decay of the first moment */
  double beta2;          /* decay of the second moment */
  double epsilon;        /* added to the corrected root of the second moment */
  double rate;           /* learning rate over the first moment's bias correction */
  double root;           /* square root of the second moment's bias correction */
  double decay;          /* learning rate times decoupled weight decay */
} toylab_adam_coefficients;

void toylab_adam_step_float(toylab_pool *pool, float *parameters, const float *gradient,
                            float *first_moment, float *second_moment, size_t count,
                            toylab_adam_coefficients coefficients);
void toylab_adam_step_double(toylab_pool *pool, double *parameters, const double *gradient,
                             double *first_moment, double *second_moment, size_t count,
                             toylab_adam_coefficients coefficients);

/* The early steps of RAdam: both moments are updated, but the parameters move along the corrected
 * first moment alone; `epsilon` and `root` are not read. The later ones are Adam steps. */
void toylab_radam_unadapted_step_float(toylab_pool *pool, float *parameters, const float *gradient,
                                       float *first_moment, float *second_moment, size_t count,
                                       toylab_adam_coefficients coefficients);
void toylab_radam_unadapted_step_double(toylab_pool *pool, double *parameters,
                                        const double *gradient, double *first_moment,
                                        double *second_moment, size_t count,
                                        toylab_adam_coefficients coefficients);

/* velocity <- momentum velocity + scale gradient; parameters <- parameters - rate velocity. */
void toylab_momentum_step_float(toylab_pool *pool, float *parameters, const float *gradient,
                                float *velocity, size_t count, double gradient_scale, double rate,
                                double momentum);
void toylab_momentum_step_double(toylab_pool *pool, double *parameters, const double *gradient,
                                 double *velocity, size_t count, double gradient_scale, double rate,
                                 double momentum);

/* parameters <- parameters - rate gradient_scale gradient. */
void toylab_descent_step_float(toylab_pool *pool, float *parameters, const float *gradient,
                               size_t count, double gradient_scale, double rate);
void toylab_descent_step_double(toylab_pool *pool, double *parameters, const double *gradient,
                                size_t count, double gradient_scale, double rate);

/* average <- average + weight (values - average). The average is kept in double: with a weight of
 * 1e-4 a float average stops moving while it is still a thousand roundings from its target. */
void toylab_average_update_float(toylab_pool *pool, double *average, const float *values,
                                 size_t count, double weight);
void toylab_average_update_double(toylab_pool *pool, double *average, const double *values,
                                  size_t count, double weight);

/* Sum of squares in double: stretches of at least 32768 elements, at most 64 of them, are summed
 * over 16 interleaved partial sums each, and added in their order. */
double toylab_sum_of_squares_float(toylab_pool *pool, const float *values, size_t count);
double toylab_sum_of_squares_double(toylab_pool *pool, const double *values, size_t count);

/* Index of the first infinity or NaN, or -1 if every value is finite. */
ptrdiff_t toylab_first_non_finite_float(const float *values, size_t count);
ptrdiff_t toylab_first_non_finite_double(const double *values, size_t count);

#endif
