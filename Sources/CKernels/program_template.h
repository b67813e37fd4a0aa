// Part of toylab. Licensed under Apache-2.0; see LICENSE.
//
// Look-ups, and the loop over instructions, blocks and slots.

static int32_t NAME(run_gather)(const toylab_gather *p, void *const *bases) {
  const REAL *table = NAME(resolve)(bases, p->table);
  const REAL *indices = NAME(resolve)(bases, p->indices);
  REAL *out = NAME(resolve)(bases, p->destination);
  for (int64_t i = 0; i < p->count; i++) {
    // The comparison is written so that a NaN index is refused as well.
    if (!(indices[i] >= 0 && indices[i] < (REAL)p->table_rows)) {
      return TOYLAB_STATUS_INDEX_OUT_OF_RANGE;
    }
    memcpy(out + i * p->row_size, table + (int64_t)indices[i] * p->row_size,
           (size_t)p->row_size * sizeof(REAL));
  }
  return TOYLAB_STATUS_OK;
}

static int32_t NAME(run_scatter)(const toylab_scatter *p, void *const *bases) {
  const REAL *values = NAME(resolve)(bases, p->values);
  const REAL *indices = NAME(resolve)(bases, p->indices);
  REAL *out = NAME(resolve)(bases, p->destination);
  memset(out, 0, (size_t)(p->table_rows * p->row_size) * sizeof(REAL));
  for (int64_t i = 0; i < p->count; i++) {
    if (!(indices[i] >= 0 && indices[i] < (REAL)p->table_rows)) {
      return TOYLAB_STATUS_INDEX_OUT_OF_RANGE;
    }
    NAME(add_row)(out + (int64_t)indices[i] * p->row_size, values + i * p->row_size, p->row_size, 1);
  }
  return TOYLAB_STATUS_OK;
}

static inline int NAME(adds)(int32_t accumulate, int is_first) {
  return accumulate == TOYLAB_ADD || (accumulate == TOYLAB_START_OR_ADD && !is_first);
}

/// `is_first` says that the slot holds nothing yet.
static int32_t NAME(run_block)(const toylab_block_program *program, void *const *bases,
                               int is_first, int64_t *nanoseconds) {
  int32_t status = TOYLAB_STATUS_OK;
  int64_t before = nanoseconds ? monotonic_nanoseconds() : 0;
  for (int64_t i = 0; i < program->instruction_count && status == TOYLAB_STATUS_OK; i++) {
    int32_t index = program->instructions[i].index;
    switch (program->instructions[i].kind) {
      case TOYLAB_INSTRUCTION_FUSED: NAME(run_fused)(&program->fused[index], bases); break;
      case TOYLAB_INSTRUCTION_MATMUL: {
        const toylab_matmul *p = &program->matmuls[index];
        NAME(run_matmul)(p, bases, NAME(adds)(p->accumulate, is_first));
        break;
      }
      case TOYLAB_INSTRUCTION_REDUCE: {
        const toylab_reduce *p = &program->reductions[index];
        NAME(run_reduce)(p, bases, NAME(adds)(p->accumulate, is_first));
        break;
      }
      case TOYLAB_INSTRUCTION_GATHER:
        status = NAME(run_gather)(&program->gathers[index], bases);
        break;
      case TOYLAB_INSTRUCTION_SCATTER:
        status = NAME(run_scatter)(&program->scatters[index], bases);
        break;
      case TOYLAB_INSTRUCTION_FILL: {
        const toylab_fill *fill = &program->fills[index];
        NAME(fill_tile)(NAME(resolve)(bases, fill->destination), (REAL)fill->value, fill->count);
        break;
      }
      case TOYLAB_INSTRUCTION_ACCUMULATE: {
        const toylab_accumulate *p = &program->accumulations[index];
        NAME(sum_columns)(NAME(resolve)(bases, p->destination), NAME(resolve)(bases, p->source), 1,
                          p->count, (REAL)p->scale, NAME(adds)(p->accumulate, is_first));
        break;
      }
    }
    if (nanoseconds) {
      int64_t now = monotonic_nanoseconds();
      nanoseconds[i] += now - before;
      before = now;
    }
  }
  return status;
}

typedef struct {
  const toylab_run *run;
  _Atomic int32_t status;
} NAME(run_context);

enum { NAME(max_bases) = 2048 };

static void NAME(run_slot)(void *context, int64_t slot, int32_t worker) {
  NAME(run_context) *shared = context;
  const toylab_run *run = shared->run;
  void *bases[NAME(max_bases)];
  REAL *partial = (REAL *)run->slots + slot * run->slot_size;
  bases[TOYLAB_BASE_ARENA] = run->arenas[worker];
  bases[TOYLAB_BASE_SLOT] = partial;
  bases[TOYLAB_BASE_SHARED] = run->shared;
  int64_t first = slot * run->block_count / run->slot_count;
  int64_t last = (slot + 1) * run->block_count / run->slot_count;
  for (int64_t block = first; block < last; block++) {
    int64_t row = block * run->block_rows;
    for (int64_t i = 0; i < run->binding_count; i++) {
      bases[TOYLAB_BASE_FIRST_BOUND + i] =
          (REAL *)run->bindings[i].pointer + row * run->bindings[i].row_stride;
    }
    const toylab_block_program *program =
        row + run->block_rows <= run->rows ? run->full : run->remainder;
    bases[TOYLAB_BASE_CONSTANTS] = program->constants;
    int64_t *nanoseconds =
        run->nanoseconds && program == run->full ? run->nanoseconds[worker] : NULL;
    int32_t status = NAME(run_block)(program, bases, block == first, nanoseconds);
    if (status != TOYLAB_STATUS_OK) {
      atomic_store(&shared->status, status);
      return;
    }
  }
}

enum { NAME(reduce_chunk) = 8192 };

/// Adds the slots in their order, one stretch of elements a task.
static void NAME(reduce_slots)(void *context, int64_t task, int32_t worker) {
  (void)worker;
  const toylab_run *run = ((NAME(run_context) *)context)->run;
  int64_t start = task * NAME(reduce_chunk);
  int64_t limit = start + NAME(reduce_chunk);
  for (int64_t output = 0; output < run->reduced_count; output++) {
    int64_t offset = run->reduced_offsets[output];
    int64_t from = start > offset ? start : offset;
    int64_t to = offset + run->reduced_counts[output];
    if (to > limit) to = limit;
    if (from >= to) continue;
    REAL *out = (REAL *)run->reduced[output] + (from - offset);
    const REAL *slot = (const REAL *)run->slots + from;
    memcpy(out, slot, (size_t)(to - from) * sizeof(REAL));
    for (int64_t s = 1; s < run->slot_count; s++) {
      slot += run->slot_size;
      _Pragma("clang loop vectorize(assume_safety)") for (int64_t i = 0; i < to - from; i++) {
        out[i] += slot[i];
      }
    }
  }
}

/// Rearranges one panel of one shared matrix; panels are numbered through all matrices.
static void NAME(run_pack)(void *context, int64_t task, int32_t worker) {
  (void)worker;
  const toylab_run *run = ((NAME(run_context) *)context)->run;
  const toylab_pack *pack = run->full->packs;
  for (; task >= NAME(panel_count)(pack->n); pack++) task -= NAME(panel_count)(pack->n);
  const REAL *source =
      (const REAL *)run->bindings[pack->source.base - TOYLAB_BASE_FIRST_BOUND].pointer +
      pack->source.offset;
  int64_t column = task * NAME(panel);
  int64_t columns = pack->n - column < NAME(panel) ? pack->n - column : NAME(panel);
  NAME(pack_panel)((REAL *)run->shared + pack->offset + column * pack->k, NAME(panel),
                   source + column * pack->column_stride, pack->row_stride, pack->column_stride,
                   pack->k, columns);
}

int32_t NAME(toylab_run)(const toylab_run *run, toylab_pool *pool) {
  NAME(run_context) context = {.run = run, .status = TOYLAB_STATUS_OK};
  int64_t panels = 0;
  for (int64_t i = 0; i < run->full->pack_count; i++) {
    panels += NAME(panel_count)(run->full->packs[i].n);
  }
  if (panels > 0) toylab_pool_run(pool, panels, NAME(run_pack), &context);
  toylab_pool_run(pool, run->slot_count, NAME(run_slot), &context);
  int32_t status = atomic_load(&context.status);
  if (status != TOYLAB_STATUS_OK) return status;
  int64_t tasks = (run->slot_size + NAME(reduce_chunk) - 1) / NAME(reduce_chunk);
  toylab_pool_run(pool, tasks, NAME(reduce_slots), &context);
  return TOYLAB_STATUS_OK;
}

void NAME(toylab_apply)(int32_t opcode, REAL *d, const REAL *a, const REAL *b, const REAL *c,
                        int64_t count) {
  NAME(apply)(opcode, d, a, b, c, count);
}
