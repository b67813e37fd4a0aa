// Part of toylab. Licensed under Apache-2.0; see LICENSE.
//
// A compiled program as plain data, and the functions that run it. Everything an engine decides
// (schedule, buffers, fusion) is decided in Swift before; what runs per step is this, and it neither
// allocates nor touches a reference count.

#ifndef TOYLAB_PROGRAM_H
#define TOYLAB_PROGRAM_H

#include <stddef.h>
#include <stdint.h>

#define TOYLAB_MAX_RANK 8
#define TOYLAB_MAX_REGISTERS 128

/// A place in memory: element `offset` behind one of the run's base pointers.
typedef struct {
  int64_t offset;
  int32_t base;
} toylab_ref;

/// Bases of a run. Inputs and per-row outputs follow at TOYLAB_BASE_FIRST_BOUND.
enum {
  TOYLAB_BASE_ARENA = 0,      // values of the current block, one arena a worker
  TOYLAB_BASE_CONSTANTS = 1,  // literal arrays
  TOYLAB_BASE_SLOT = 2,       // partial sums of the outputs that are reduced over blocks
  TOYLAB_BASE_SHARED = 3,     // what is rearranged once a run, the same for all workers
  TOYLAB_BASE_FIRST_BOUND = 4,
};

// MARK: - Elementwise groups

/// How a fused group reaches one operand or result.
enum {
  TOYLAB_ACCESS_CONTIGUOUS = 0,  // same layout as the iteration space: used in place
  TOYLAB_ACCESS_SCALAR = 1,      // one element for all
  TOYLAB_ACCESS_ROW_VECTOR = 2,  // the last axis is contiguous, the others do not move
  TOYLAB_ACCESS_STRIDED = 3,     // anything else
};

typedef struct {
  toylab_ref ref;
  int64_t strides[TOYLAB_MAX_RANK];
  int32_t kind;
  int32_t reg;
} toylab_access;

/// One tile-wide operation on registers.
typedef struct {
  uint16_t opcode;
  uint16_t destination;
  uint16_t a, b, c;
} toylab_micro;

typedef struct {
  double value;
  int32_t reg;
} toylab_immediate;

enum {
  TOYLAB_OP_COPY = 0,
  TOYLAB_OP_NEGATE,
  TOYLAB_OP_RECIPROCAL,
  TOYLAB_OP_EXPONENTIAL,
  TOYLAB_OP_LOGARITHM,
  TOYLAB_OP_SINE,
  TOYLAB_OP_COSINE,
  TOYLAB_OP_TANH,
  TOYLAB_OP_SIGMOID,
  TOYLAB_OP_SQUARE_ROOT,
  TOYLAB_OP_RECIPROCAL_SQUARE_ROOT,
  TOYLAB_OP_ERF,
  TOYLAB_OP_ABSOLUTE,
  TOYLAB_OP_SIGN,
  TOYLAB_OP_ADD,
  TOYLAB_OP_SUBTRACT,
  TOYLAB_OP_MULTIPLY,
  TOYLAB_OP_DIVIDE,
  TOYLAB_OP_MAXIMUM,
  TOYLAB_OP_MINIMUM,
  TOYLAB_OP_LESS,
  TOYLAB_OP_LESS_OR_EQUAL,
  TOYLAB_OP_EQUAL,
  TOYLAB_OP_SELECT,
  // Pairs (a inner b) outer c: TOYLAB_OP_PAIR + 4 * inner + outer.
  TOYLAB_OP_PAIR,
};

enum { TOYLAB_INNER_ADD = 0, TOYLAB_INNER_SUBTRACT = 1, TOYLAB_INNER_MULTIPLY = 2 };
enum {
  TOYLAB_OUTER_ADD = 0,            // (a inner b) + c
  TOYLAB_OUTER_SUBTRACT = 1,       // (a inner b) - c
  TOYLAB_OUTER_SUBTRACT_FROM = 2,  // c - (a inner b)
  TOYLAB_OUTER_MULTIPLY = 3,       // (a inner b) * c
};

enum { TOYLAB_REDUCE_SUM = 0, TOYLAB_REDUCE_MAXIMUM = 1 };

/// A register reduced along the last axes of the iteration space, along which `strides` are 0.
typedef struct {
  toylab_ref ref;
  int64_t strides[TOYLAB_MAX_RANK];
  int32_t operation;
  int32_t reg;
} toylab_row_reduction;

/// Elementwise operations evaluated tile by tile: loads, operations on registers, stores, reductions.
typedef struct {
  int64_t extents[TOYLAB_MAX_RANK];
  int64_t tile;  // elements a register holds
  int32_t rank;
  int32_t register_count;
  int32_t load_count;
  int32_t store_count;
  int32_t operation_count;
  int32_t immediate_count;
  toylab_access *loads;
  toylab_access *stores;
  toylab_micro *operations;
  int32_t reduction_count;
  toylab_immediate *immediates;
  toylab_row_reduction *reductions;
  toylab_ref scratch;
} toylab_fused;

// MARK: - Other instructions

/// What an instruction does with what its destination holds.
enum {
  TOYLAB_REPLACE = 0,
  TOYLAB_ADD = 1,
  TOYLAB_START_OR_ADD = 2,  // replaces in the first block of a slot, adds in the others
};

typedef struct {
  toylab_ref a, b, c;
  int64_t m, n, k;
  int64_t lda, ldb, ldc;
  int64_t batch_extents[TOYLAB_MAX_RANK];
  int64_t batch_a[TOYLAB_MAX_RANK];
  int64_t batch_b[TOYLAB_MAX_RANK];
  int64_t batch_c[TOYLAB_MAX_RANK];
  double alpha;
  int32_t batch_rank;
  int32_t transpose_a, transpose_b;
  int32_t packed_b;    // b is in panels as toylab_pack writes them
  int32_t accumulate;  // TOYLAB_REPLACE and so on
  toylab_ref scratch;  // 32 k + 8 max(m, n, k) elements
} toylab_matmul;

/// Reduces the middle axis of a contiguous [outer, extent, inner] array.
typedef struct {
  toylab_ref source, destination;
  int64_t outer, extent, inner;
  double scale;
  int32_t operation;
  int32_t accumulate;  // TOYLAB_REPLACE and so on
} toylab_reduce;

/// destination[i] = table[indices[i]] for rows of `row_size` elements.
typedef struct {
  toylab_ref table, indices, destination;
  int64_t count, row_size, table_rows;
} toylab_gather;

/// destination = 0; destination[indices[i]] += values[i].
typedef struct {
  toylab_ref values, indices, destination;
  int64_t count, row_size, table_rows;
} toylab_scatter;

typedef struct {
  toylab_ref destination;
  int64_t count;
  double value;
} toylab_fill;

/// destination = or += scale * source, contiguous.
typedef struct {
  toylab_ref source, destination;
  int64_t count;
  double scale;
  int32_t accumulate;  // TOYLAB_ADD or TOYLAB_START_OR_ADD
} toylab_accumulate;

enum {
  TOYLAB_INSTRUCTION_FUSED = 0,
  TOYLAB_INSTRUCTION_MATMUL,
  TOYLAB_INSTRUCTION_REDUCE,
  TOYLAB_INSTRUCTION_GATHER,
  TOYLAB_INSTRUCTION_SCATTER,
  TOYLAB_INSTRUCTION_FILL,
  TOYLAB_INSTRUCTION_ACCUMULATE,
};

typedef struct {
  int32_t kind;
  int32_t index;
} toylab_instruction;

/// Rearranges a shared [k, n] matrix into panels of the kernels' width, each [k, width] and filled up
/// with zeros; `offset` is its place in the shared memory.
typedef struct {
  toylab_ref source;
  int64_t offset;
  int64_t k, n;
  int64_t row_stride, column_stride;
} toylab_pack;

typedef struct {
  const toylab_pack *packs;
  int64_t pack_count;
  const toylab_instruction *instructions;
  const toylab_fused *fused;
  const toylab_matmul *matmuls;
  const toylab_reduce *reductions;
  const toylab_gather *gathers;
  const toylab_scatter *scatters;
  const toylab_fill *fills;
  const toylab_accumulate *accumulations;
  int64_t instruction_count;
  void *constants;
} toylab_block_program;

// MARK: - Running

/// What a bound pointer stands for; `row_stride` is 0 for shared inputs.
typedef struct {
  void *pointer;
  int64_t row_stride;  // elements a row
} toylab_binding;

/// A program over a whole batch. Blocks are dealt to `slot_count` slots in contiguous ranges; one
/// worker runs a slot's blocks in order and adds into the slot's partial sums, which are then added in
/// the order of the slots. Nothing depends on the number of threads.
typedef struct {
  const toylab_block_program *full;       // a block of `block_rows` rows
  const toylab_block_program *remainder;  // the last block if it is shorter, else unused
  int64_t rows, block_rows, block_count, slot_count;
  const toylab_binding *bindings;
  int64_t binding_count;
  void *const *arenas;  // one a worker
  void *shared;           // written by the full block's packs before the blocks run
  void *slots;            // slot_count * slot_size elements
  int64_t slot_size;      // elements
  void *const *reduced;   // where the reduced outputs go
  const int64_t *reduced_offsets;  // their places in a slot
  const int64_t *reduced_counts;
  int64_t reduced_count;
  int32_t level;  // of the instruction set, at most toylab_best_level()
  // Nanoseconds by worker and instruction of the full block, added up; NULL when nobody measures.
  int64_t *const *nanoseconds;
} toylab_run;

typedef struct toylab_pool toylab_pool;

enum {
  TOYLAB_STATUS_OK = 0,
  TOYLAB_STATUS_INDEX_OUT_OF_RANGE = 1,
};

/// Levels of the instruction set the kernels are built for.
enum {
  TOYLAB_LEVEL_PLAIN = 0,  // the compiler's baseline
  TOYLAB_LEVEL_V3 = 1,     // AVX2 and FMA
  TOYLAB_LEVEL_V4 = 2,     // AVX-512
};

/// The highest level this machine runs.
int32_t toylab_best_level(void);

/// The name of the environment variable that chooses a level: plain, avx2 or avx512.
#define TOYLAB_LEVEL_VARIABLE "TOYLAB_INSTRUCTION_SET"

/// The level that kernels run at unless a run says another: the one that the environment names, where this machine
/// runs it, otherwise the highest.
int32_t toylab_level(void);

int32_t toylab_run_f32(const toylab_run *run, toylab_pool *pool);
int32_t toylab_run_f64(const toylab_run *run, toylab_pool *pool);

/// Applies one elementwise operation to arrays; for tests of the vector functions.
void toylab_apply_f32(int32_t level, int32_t opcode, float *d, const float *a, const float *b,
                      const float *c, int64_t count);
void toylab_apply_f64(int32_t level, int32_t opcode, double *d, const double *a, const double *b,
                      const double *c, int64_t count);

#endif
