// Part of toylab. Licensed under Apache-2.0; see LICENSE.
//
// Single-precision elementary functions without branches or tables, so that loops over them
// vectorise. Polynomials are weighted least-squares fits iterated towards the minimax error
// (Scripts/fit_polynomials.py); argument reductions are Cody and Waite's.

#ifndef TOYLAB_VECTOR_MATH_F32_H
#define TOYLAB_VECTOR_MATH_F32_H

#include <math.h>
#include <stdint.h>
#include <string.h>

#include "targets.h"

#pragma clang fp contract(fast)

TOYLAB_INLINE float float_of_bits(int32_t bits) {
  float value;
  memcpy(&value, &bits, sizeof value);
  return value;
}

TOYLAB_INLINE int32_t bits_of_float(float value) {
  int32_t bits;
  memcpy(&bits, &value, sizeof bits);
  return bits;
}

// Adding and subtracting 1.5 * 2^23 rounds to the nearest integer, which is also left in the low bits.
#define ROUNDING_MAGIC 12582912.0f

TOYLAB_INLINE float exp_f32(float x) {
  float bounded = x > 89.0f ? 89.0f : x;
  bounded = bounded < -104.0f ? -104.0f : bounded;
  float shifted = bounded * 1.44269504088896341f + ROUNDING_MAGIC;
  int32_t n = bits_of_float(shifted) - bits_of_float(ROUNDING_MAGIC);
  float whole = shifted - ROUNDING_MAGIC;
  float r = bounded - whole * 0.693359375f;
  r = r + whole * 2.12194440e-4f;
  float p = 0.001395047675990099f;
  p = p * r + 0.00836888244036476f;
  p = p * r + 0.04166620601469299f;
  p = p * r + 0.16666518896594387f;
  p = p * r + 0.5000000095121774f;
  float y = (p * r) * r + r + 1.0f;
  // 2^n in two factors, so that results near the ends of the range come out right.
  int32_t half = n >> 1;
  return y * float_of_bits((half + 127) << 23) * float_of_bits((n - half + 127) << 23);
}

/// log(2^e (1 + f)) for f between sqrt(1/2) - 1 and sqrt(2) - 1.
TOYLAB_INLINE float log_of_parts_f32(float f, float e) {
  float p = -0.07859544012077099f;
  p = p * f + 0.12881621744976438f;
  p = p * f + -0.1312876801273139f;
  p = p * f + 0.1418119621887053f;
  p = p * f + -0.16624553116254764f;
  p = p * f + 0.2000228607963226f;
  p = p * f + -0.25000810428796166f;
  p = p * f + 0.3333331672748666f;
  float tail = (p * f) * (f * f) + e * -2.12194440e-4f;
  return e * 0.693359375f + (f + (tail - 0.5f * (f * f)));
}

TOYLAB_INLINE float log_f32(float x) {
  int subnormal = x < 1.17549435e-38f;
  float scaled = subnormal ? x * 8388608.0f : x;
  int32_t bits = bits_of_float(scaled);
  int32_t exponent = ((bits >> 23) & 0xff) - 127 - (subnormal ? 23 : 0);
  float mantissa = float_of_bits((bits & 0x007fffff) | 0x3f800000);
  int large = mantissa > 1.41421356f;
  mantissa = large ? mantissa * 0.5f : mantissa;
  float y = log_of_parts_f32(mantissa - 1.0f, (float)(exponent + (large ? 1 : 0)));
  y = x < INFINITY ? y : x;  // +inf and NaN
  y = x == 0.0f ? -INFINITY : y;
  return x < 0.0f ? NAN : y;
}

TOYLAB_INLINE float sigmoid_f32(float x) { return 1.0f / (1.0f + exp_f32(-x)); }

TOYLAB_INLINE float tanh_f32(float x) {
  float s = x * x;
  float p = -0.005717036292473078f;
  p = p * s + 0.020650578740681987f;
  p = p * s + -0.053743495171676654f;
  p = p * s + 0.1333149124728516f;
  p = p * s + -0.3333328392353626f;
  float small = (p * s) * x + x;
  float magnitude = fabsf(x);
  float large = copysignf(1.0f - 2.0f / (exp_f32(2.0f * magnitude) + 1.0f), x);
  return magnitude < 0.625f ? small : large;
}

TOYLAB_INLINE float erf_f32(float x) {
  float magnitude = fabsf(x);
  float s = x * x;
  float p = -9.680136307310683e-06f;
  p = p * s + 0.00011270544462166354f;
  p = p * s + -0.0008484711445751886f;
  p = p * s + 0.005221074877914837f;
  p = p * s + -0.026865445821371f;
  p = p * s + 0.11283782747201669f;
  p = p * s + -0.37612638483809646f;
  float small = (p * s) * x + 1.1283791670631598f * x;
  // erf = 1 - exp(-g) with g = -log(erfc); beyond 4.05 erf rounds to 1.
  float t = magnitude > 4.05f ? 4.05f : magnitude;
  float g = -1.1107771522119505e-06f;
  g = g * t + 1.7862525622508422e-05f;
  g = g * t + -0.00010340777738522807f;
  g = g * t + 5.953112366157207e-05f;
  g = g * t + 0.0029406019183417795f;
  g = g * t + -0.023122639596443846f;
  g = g * t + 0.10616731968326484f;
  g = g * t + 0.6347535736974041f;
  g = g * t + 1.1289797203279315f;
  g = g * t + -8.594124687277827e-05f;
  float large = copysignf(1.0f - exp_f32(-g), x);
  float y = magnitude < 0.9f ? small : large;
  return x == x ? y : x;
}

// Reduction by multiples of pi/2 in three parts holds up to |x| of about 2^13; the callers send a
// tile with anything larger to the C library.
#define TRIGONOMETRIC_LIMIT_F32 8192.0f

/// sin(r + quadrant pi/2) for |r| up to pi/4.
TOYLAB_INLINE float sine_of_parts_f32(float r, int32_t quadrant) {
  float s = r * r;
  float p = 2.718311560739493e-06f;
  p = p * s + -0.00019839334840846535f;
  p = p * s + 0.008333329385893526f;
  p = p * s + -0.16666666641626415f;
  float sine = (p * s) * r + r;
  float q = 2.443844962248814e-05f;
  q = q * s + -0.001388736749611774f;
  q = q * s + 0.04166664686597171f;
  float cosine = (q * s) * s + (1.0f - 0.5f * s);
  float y = (quadrant & 1) ? cosine : sine;
  return (quadrant & 2) ? -y : y;
}

TOYLAB_INLINE float sine_of_quadrant(float x, int32_t quadrant) {
  float shifted = x * 0.63661977236758134f + ROUNDING_MAGIC;
  int32_t n = bits_of_float(shifted) - bits_of_float(ROUNDING_MAGIC) + quadrant;
  float whole = shifted - ROUNDING_MAGIC;
  float r = x - whole * 1.5703125f;
  r = r - whole * 4.837512969970703125e-4f;
  r = r - whole * 7.54978995489188216e-8f;
  return sine_of_parts_f32(r, n);
}

TOYLAB_INLINE float sin_f32(float x) { return sine_of_quadrant(x, 0); }
TOYLAB_INLINE float cos_f32(float x) { return sine_of_quadrant(x, 1); }

#endif
