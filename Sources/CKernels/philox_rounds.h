// Part of toylab. Licensed under Apache-2.0; see LICENSE.
//
// The bijection of philox.h, for the files that draw from it in loops.

#ifndef TOYLAB_PHILOX_ROUNDS_H
#define TOYLAB_PHILOX_ROUNDS_H

#include "philox.h"
#include "targets.h"

// Words live in the low halves of 64-bit lanes, which the widening product reads as they stand; the
// high halves hold whatever the products left there.
TOYLAB_INLINE void philox_rounds(uint64_t *c0, uint64_t *c1, uint64_t *c2, uint64_t *c3,
                                 uint32_t k0, uint32_t k1) {
  for (int round = 0; round < 10; round++) {
    uint64_t low = (uint64_t)0xD2511F53u * (uint32_t)*c0;
    uint64_t high = (uint64_t)0xCD9E8D57u * (uint32_t)*c2;
    *c0 = (high >> 32) ^ *c1 ^ k0;
    *c2 = (low >> 32) ^ *c3 ^ k1;
    *c1 = high;
    *c3 = low;
    k0 += 0x9E3779B9u;
    k1 += 0xBB67AE85u;
  }
}

// The top bits of a block's number keep apart what the numbers are for; draws use less than 2^30 blocks.
#define EXTRA_BITS 0x80000000u  // the lower bits of double-precision variates
#define ROW_BITS 0x40000000u    // the raw bits of a row

/// See toylab_row_bits.
TOYLAB_INLINE toylab_bits bits_of_row(toylab_stream stream, uint32_t row, uint32_t block) {
  uint64_t c0 = block | ROW_BITS, c1 = row, c2 = stream.step, c3 = stream.step >> 32;
  philox_rounds(&c0, &c1, &c2, &c3, (uint32_t)stream.key, (uint32_t)(stream.key >> 32));
  toylab_bits bits = {(uint32_t)c0 | c1 << 32, (uint32_t)c2 | c3 << 32};
  return bits;
}

#endif
