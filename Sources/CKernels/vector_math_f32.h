// Part of toylab. Licensed under Apache-2.0; see LICENSE.
//
// Single-precision elementary functions without branches or tables, so that loops over them
// vectorise. Polynomials are minimax fits (Scripts/fit_polynomials.py); argument reductions are
// Cody and Waite's. No sum has products on both sides that may both be fused into it, so that
// every element of a loop comes out the same.
//
// Errors are the largest over all floats, in units in the last place of the result (ulp), with
// fused multiply-add or without. Zeros keep their signs, NaN and infinities go where the C library
// sends them.

#ifndef TOYLAB_VECTOR_MATH_F32_H
#define TOYLAB_VECTOR_MATH_F32_H

#include <math.h>
#include <stdint.h>
#include <string.h>

#include "targets.h"

#pragma clang fp contract(fast)

TOYLAB_INLINE float float_of_bits(uint32_t bits) {
  float value;
  memcpy(&value, &bits, sizeof value);
  return value;
}

TOYLAB_INLINE uint32_t bits_of_float(float value) {
  uint32_t bits;
  memcpy(&bits, &value, sizeof bits);
  return bits;
}

/// a b, rounded before anything is added to it.
TOYLAB_INLINE float rounded_product_f32(float a, float b) {
#pragma clang fp contract(off)
  return a * b;
}

// Adding 1.5 * 2^23 rounds to the nearest integer n and leaves n in the low bits; adding 127 more
// leaves the exponent field of 2^n there.
#define ROUNDING_MAGIC_F32 12582912.0f
#define SCALING_MAGIC_F32 12583039.0f

/// x = n log 2 + r with |r| <= log(2) / 2, and exp(r) - 1.
typedef struct {
  float expm1, scale;  // scale = 2^n times whatever power of two the magic number adds
} exp_parts_f32;

TOYLAB_INLINE exp_parts_f32 exp_parts_of_f32(float x, float magic) {
  float shifted = x * 1.44269504f + magic;
  float n = shifted - magic;
  float r = x - n * 0.693145751953125f;
  r = r - n * 1.42860677e-06f;
  float p = 0.00138825225f;
  p = p * r + 0.008366514f;
  p = p * r + 0.0416672006f;
  p = p * r + 0.166665435f;
  p = p * r + 0.49999997f;
  return (exp_parts_f32){.expm1 = p * (r * r) + r,
                       .scale = float_of_bits(bits_of_float(shifted) << 23)};
}

/// exp(x), within 1.05 ulp, subnormal results included.
TOYLAB_INLINE float exp_f32(float x) {
  float bounded = x > 89.0f ? 89.0f : x;
  bounded = bounded < -104.0f ? -104.0f : bounded;
  // 2^n as 2^(n - 64) 2^64 or 2^(n + 64) 2^-64, so that neither end of the range needs care.
  int negative = bounded < 0.0f;
  exp_parts_f32 parts =
      exp_parts_of_f32(bounded, SCALING_MAGIC_F32 + (negative ? 64.0f : -64.0f));
  return ((parts.expm1 + 1.0f) * parts.scale) * (negative ? 0x1p-64f : 0x1p64f);
}

/// exp(-|x|).
TOYLAB_INLINE float exp_of_negative_magnitude_f32(float x) {
  float exponent = -fabsf(x);
  exponent = exponent < -104.0f ? -104.0f : exponent;
  exp_parts_f32 parts = exp_parts_of_f32(exponent, SCALING_MAGIC_F32 + 64.0f);
  return ((parts.expm1 + 1.0f) * parts.scale) * 0x1p-64f;
}

/// 1 - exp(x) for -60 <= x <= 0 without cancellation; NaN for NaN.
TOYLAB_INLINE float one_minus_exp_f32(float x) {
  exp_parts_f32 parts = exp_parts_of_f32(x, SCALING_MAGIC_F32);
  return (1.0f - parts.scale) - parts.expm1 * parts.scale;
}

// The random streams are made with this function and sine_of_parts_f32: a change of their bits
// changes every normal variate.
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

/// log(x), within 0.94 ulp, subnormal arguments included; NaN below zero.
TOYLAB_INLINE float log_f32(float x) {
  int subnormal = x < 1.17549435e-38f;
  float scaled = subnormal ? x * 8388608.0f : x;
  // x = 2^e (1 + f) with 1 + f from sqrt(1/2) to sqrt(2), where the offset carries into e.
  uint32_t offset = bits_of_float(scaled) + (0x3f800000u - 0x3f3504f3u);
  float e = (float)(int32_t)(offset >> 23) - (subnormal ? 150.0f : 127.0f);
  float f = float_of_bits((offset & 0x007fffffu) + 0x3f3504f3u) - 1.0f;
  float y = log_of_parts_f32(f, e);
  y = x < INFINITY ? y : x;  // +inf and NaN
  y = x == 0.0f ? -INFINITY : y;
  return x < 0.0f ? NAN : y;
}

/// 1 / (1 + exp(-x)), within 2.41 ulp.
TOYLAB_INLINE float sigmoid_f32(float x) {
  float decay = exp_of_negative_magnitude_f32(x);
  return (x < 0.0f ? decay : 1.0f) / (1.0f + decay);
}

/// tanh(x), within 2.50 ulp.
TOYLAB_INLINE float tanh_f32(float x) {
  float exponent = -2.0f * fabsf(x);
  float y = one_minus_exp_f32(exponent < -20.0f ? -20.0f : exponent);
  return copysignf(y / (2.0f - y), x);
}

/// erf(x), within 2.53 ulp: 1 - exp(-g) with g = -log(erfc(|x|)). From 4 on it rounds to 1.
TOYLAB_INLINE float erf_f32(float x) {
  float t = fabsf(x);
  t = t > 4.0f ? 4.0f : t;
  float p = -9.25624499e-06f;
  p = p * t + 0.000117641117f;
  p = p * t + -0.000632836367f;
  p = p * t + 0.00166702666f;
  p = p * t + -0.000160395386f;
  p = p * t + -0.0191530641f;
  p = p * t + 0.102777831f;
  p = p * t + 0.636619389f;
  p = p * t + 0.00337917171f;
  float g = p * t + rounded_product_f32(1.125f, t);
  return copysignf(one_minus_exp_f32(-g), x);
}

// The reduction by multiples of pi in four parts holds up to this magnitude; the callers send
// arguments beyond it to the C library.
#define TRIGONOMETRIC_LIMIT_F32 8192.0f

/// x - n pi for a multiple n of 1/2 up to 2^12.
TOYLAB_INLINE float reduced_by_half_turns_f32(float x, float n) {
  float r = x - n * 3.140625f;
  r = r - n * 9.67502594e-04f;
  r = r - n * 1.50990672e-07f;
  return r - n * 5.12668814e-12f;
}

/// sin(r) for |r| up to pi/2.
TOYLAB_INLINE float sin_reduced_f32(float r) {
  float s = r * r;
  float p = 2.60578076e-06f;
  p = p * s + -0.000198096037f;
  p = p * s + 0.00833306648f;
  p = p * s + -0.166666597f;
  return (p * s) * r + r;
}

/// sin(x) for |x| <= TRIGONOMETRIC_LIMIT_F32, within 2.34 ulp.
TOYLAB_INLINE float sin_f32(float x) {
  float shifted = x * 0.318309886f + ROUNDING_MAGIC_F32;
  float r = reduced_by_half_turns_f32(x, shifted - ROUNDING_MAGIC_F32);
  // Odd half turns change the sign. It is set rather than flipped, for the sake of -0.
  uint32_t sign = bits_of_float(r) ^ (bits_of_float(shifted) << 31);
  return copysignf(sin_reduced_f32(r), float_of_bits(sign));
}

/// cos(x) = sin(x + pi/2) for |x| <= TRIGONOMETRIC_LIMIT_F32, within 2.33 ulp.
TOYLAB_INLINE float cos_f32(float x) {
  float turns = x * 0.318309886f + 0.5f;
  float shifted = turns + ROUNDING_MAGIC_F32;
  float r = reduced_by_half_turns_f32(x, (shifted - ROUNDING_MAGIC_F32) - 0.5f);
  float y = sin_reduced_f32(r);
  return float_of_bits(bits_of_float(y) ^ (bits_of_float(shifted) << 31));
}

/// sin(r + quadrant pi/2) for |r| up to pi/4; see log_of_parts_f32.
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

#endif
