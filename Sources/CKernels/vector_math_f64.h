// Part of toylab. Licensed under Apache-2.0; see LICENSE.
//
// Double-precision elementary functions without branches or tables, so that loops over them
// vectorise. Polynomials are minimax fits (Scripts/fit_polynomials.py); argument reductions are
// Cody and Waite's. No sum has products on both sides that may both be fused into it, so that
// every element of a loop comes out the same.
//
// Errors are the largest found among millions of arguments, in units in the last place of the
// result (ulp), with fused multiply-add or without. Zeros keep their signs, NaN and infinities go
// where the C library sends them.

#ifndef TOYLAB_VECTOR_MATH_F64_H
#define TOYLAB_VECTOR_MATH_F64_H

#include <math.h>
#include <stdint.h>
#include <string.h>

#include "targets.h"

#pragma clang fp contract(fast)

TOYLAB_INLINE double double_of_bits(uint64_t bits) {
  double value;
  memcpy(&value, &bits, sizeof value);
  return value;
}

TOYLAB_INLINE uint64_t bits_of_double(double value) {
  uint64_t bits;
  memcpy(&bits, &value, sizeof bits);
  return bits;
}

/// a b, rounded before anything is added to it.
TOYLAB_INLINE double rounded_product_f64(double a, double b) {
#pragma clang fp contract(off)
  return a * b;
}

// Adding 1.5 * 2^52 rounds to the nearest integer n and leaves n in the low bits; adding 1023 more
// leaves the exponent field of 2^n there.
#define ROUNDING_MAGIC_F64 6755399441055744.0
#define SCALING_MAGIC_F64 6755399441056767.0

/// x = n log 2 + r with |r| <= log(2) / 2, and exp(r) - 1.
typedef struct {
  double expm1, scale;  // scale = 2^n times whatever power of two the magic number adds
} exp_parts_f64;

TOYLAB_INLINE exp_parts_f64 exp_parts_of_f64(double x, double magic) {
  double shifted = x * 1.4426950408889634 + magic;
  double n = shifted - magic;
  double r = x - n * 0.6931471805598903;
  r = r - n * 5.497923018708371e-14;
  double p = 2.5053782691012917e-08;
  p = p * r + 2.762602420695425e-07;
  p = p * r + 2.755740748147005e-06;
  p = p * r + 2.4801505306358864e-05;
  p = p * r + 0.0001984126971910946;
  p = p * r + 0.0013888888931539568;
  p = p * r + 0.008333333333389493;
  p = p * r + 0.041666666666576826;
  p = p * r + 0.16666666666666588;
  p = p * r + 0.5000000000000006;
  return (exp_parts_f64){.expm1 = p * (r * r) + r,
                       .scale = double_of_bits(bits_of_double(shifted) << 52)};
}

/// exp(x), within 1.03 ulp, subnormal results included.
TOYLAB_INLINE double exp_f64(double x) {
  double bounded = x > 710.0 ? 710.0 : x;
  bounded = bounded < -746.0 ? -746.0 : bounded;
  // 2^n as 2^(n - 64) 2^64 or 2^(n + 64) 2^-64, so that neither end of the range needs care.
  int negative = bounded < 0.0;
  exp_parts_f64 parts =
      exp_parts_of_f64(bounded, SCALING_MAGIC_F64 + (negative ? 64.0 : -64.0));
  return ((parts.expm1 + 1.0) * parts.scale) * (negative ? 0x1p-64 : 0x1p64);
}

/// exp(-|x|).
TOYLAB_INLINE double exp_of_negative_magnitude_f64(double x) {
  double exponent = -fabs(x);
  exponent = exponent < -746.0 ? -746.0 : exponent;
  exp_parts_f64 parts = exp_parts_of_f64(exponent, SCALING_MAGIC_F64 + 64.0);
  return ((parts.expm1 + 1.0) * parts.scale) * 0x1p-64;
}

/// 1 - exp(x) for -700 <= x <= 0 without cancellation; NaN for NaN.
TOYLAB_INLINE double one_minus_exp_f64(double x) {
  exp_parts_f64 parts = exp_parts_of_f64(x, SCALING_MAGIC_F64);
  return (1.0 - parts.scale) - parts.expm1 * parts.scale;
}

/// log(x), within 1.27 ulp, subnormal arguments included; NaN below zero.
TOYLAB_INLINE double log_f64(double x) {
  int subnormal = x < 2.2250738585072014e-308;
  double scaled = subnormal ? x * 18014398509481984.0 : x;
  // x = 2^e (1 + f) with 1 + f from sqrt(1/2) to sqrt(2), where the offset carries into e.
  // The exponent turns into a number as the low bits of 2^52 + e.
  uint64_t offset = bits_of_double(scaled) + (0x3ff0000000000000u - 0x3fe6a09e667f3bcdu);
  double e = double_of_bits((offset >> 52) | 0x4330000000000000u) -
             (subnormal ? 4503599627371573.0 : 4503599627371519.0);
  double f = double_of_bits((offset & 0x000fffffffffffffu) + 0x3fe6a09e667f3bcdu) - 1.0;
  // log(1 + f) = 2 atanh(s) with s = f / (2 + f), and 2 s = f - s f.
  double s = f / (2.0 + f);
  double z = s * s;
  double p = 0.14795948725421096;
  p = p * z + 0.1531405066367289;
  p = p * z + 0.18183564321074183;
  p = p * z + 0.22222198573298094;
  p = p * z + 0.2857142874238632;
  p = p * z + 0.39999999999414687;
  p = p * z + 0.6666666666666734;
  double y = e * 5.497923018708371e-14 + f;
  y = y - s * (f - p * z);
  y = e * 0.6931471805598903 + y;
  y = x < INFINITY ? y : x;  // +inf and NaN
  y = x == 0.0 ? -INFINITY : y;
  return x < 0.0 ? NAN : y;
}

/// 1 / (1 + exp(-x)), within 2.32 ulp.
TOYLAB_INLINE double sigmoid_f64(double x) {
  double decay = exp_of_negative_magnitude_f64(x);
  return (x < 0.0 ? decay : 1.0) / (1.0 + decay);
}

/// tanh(x), within 2.49 ulp.
TOYLAB_INLINE double tanh_f64(double x) {
  double exponent = -2.0 * fabs(x);
  double y = one_minus_exp_f64(exponent < -40.0 ? -40.0 : exponent);
  return copysign(y / (2.0 - y), x);
}

/// erf(x), within 2.17 ulp: 1 - exp(-g) with g = -log(erfc(|x|)). From 6 on it rounds to 1.
TOYLAB_INLINE double erf_f64(double x) {
  double t = fabs(x);
  t = t > 6.0 ? 6.0 : t;
  double p = -3.59241559890738e-15;
  p = p * t + 1.6149626113240605e-13;
  p = p * t + -3.364525583111016e-12;
  p = p * t + 4.3019926012042425e-11;
  p = p * t + -3.7608783074061543e-10;
  p = p * t + 2.3606127877988836e-09;
  p = p * t + -1.0773784679885962e-08;
  p = p * t + 3.458633518879509e-08;
  p = p * t + -6.573752784667576e-08;
  p = p * t + -1.1699737358818844e-08;
  p = p * t + 5.706180958226535e-07;
  p = p * t + -2.0371691857510803e-06;
  p = p * t + 3.1329421145295343e-06;
  p = p * t + 3.169687443094358e-06;
  p = p * t + -2.9575676331574544e-05;
  p = p * t + 6.442047524986425e-05;
  p = p * t + 2.590449906745342e-05;
  p = p * t + -0.0005901324301116308;
  p = p * t + 0.0016962076698870717;
  p = p * t + -0.00020919485392917312;
  p = p * t + -0.019128446993093913;
  p = p * t + 0.1027726033013154;
  p = p * t + 0.6366197723675909;
  p = p * t + 0.0033791670955125495;
  double g = p * t + rounded_product_f64(1.125, t);
  return copysign(one_minus_exp_f64(-g), x);
}

// The reduction by multiples of pi in three parts holds up to this magnitude; the callers send
// arguments beyond it to the C library.
#define TRIGONOMETRIC_LIMIT_F64 1048576.0

/// x - n pi for a multiple n of 1/2 up to 2^19.
TOYLAB_INLINE double reduced_by_half_turns_f64(double x, double n) {
  double r = x - n * 3.1415926534682512;
  r = r - n * 1.2154201012607932e-10;
  return r - n * 4.044532497591901e-21;
}

/// sin(r) for |r| up to pi/2.
TOYLAB_INLINE double sin_reduced_f64(double r) {
  double s = r * r;
  double p = 2.7211749695291276e-15;
  p = p * s + -7.642991490243372e-13;
  p = p * s + 1.6058939705950302e-10;
  p = p * s + -2.5052106872803887e-08;
  p = p * s + 2.7557319211137305e-06;
  p = p * s + -0.0001984126984120922;
  p = p * s + 0.008333333333333194;
  p = p * s + -0.16666666666666666;
  return (p * s) * r + r;
}

/// sin(x) for |x| <= TRIGONOMETRIC_LIMIT_F64, within 2.29 ulp.
TOYLAB_INLINE double sin_f64(double x) {
  double shifted = x * 0.31830988618379067 + ROUNDING_MAGIC_F64;
  double r = reduced_by_half_turns_f64(x, shifted - ROUNDING_MAGIC_F64);
  // Odd half turns change the sign. It is set rather than flipped, for the sake of -0.
  uint64_t sign = bits_of_double(r) ^ (bits_of_double(shifted) << 63);
  return copysign(sin_reduced_f64(r), double_of_bits(sign));
}

/// cos(x) = sin(x + pi/2) for |x| <= TRIGONOMETRIC_LIMIT_F64, within 2.19 ulp.
TOYLAB_INLINE double cos_f64(double x) {
  double turns = x * 0.31830988618379067 + 0.5;
  double shifted = turns + ROUNDING_MAGIC_F64;
  double r = reduced_by_half_turns_f64(x, (shifted - ROUNDING_MAGIC_F64) - 0.5);
  double y = sin_reduced_f64(r);
  return double_of_bits(bits_of_double(y) ^ (bits_of_double(shifted) << 63));
}

#endif
