// Part of toylab. Licensed under Apache-2.0; see LICENSE.
//
// Evaluation of a fused elementwise group, tile by tile.

/// The offset of row `row` of the iteration space (all axes but the last) under `strides`.
static inline int64_t NAME(row_offset)(const toylab_fused *fused, const int64_t *strides,
                                       int64_t row) {
  int64_t offset = 0;
  for (int32_t axis = fused->rank - 2; axis > 0; axis--) {
    int64_t extent = fused->extents[axis];
    int64_t next = row / extent;
    offset += (row - next * extent) * strides[axis];
    row = next;
  }
  return fused->rank >= 2 ? offset + row * strides[0] : 0;
}

static void NAME(load_rows)(REAL *tile, const REAL *source, int64_t rows,
                                          int64_t row_stride, int64_t columns,
                                          int64_t column_stride) {
  for (int64_t row = 0; row < rows; row++) {
    const REAL *from = source + row * row_stride;
    REAL *to = tile + row * columns;
    if (column_stride == 1) {
      for (int64_t i = 0; i < columns; i++) to[i] = from[i];
    } else if (column_stride == 0) {
      REAL value = from[0];
      for (int64_t i = 0; i < columns; i++) to[i] = value;
    } else {
      for (int64_t i = 0; i < columns; i++) to[i] = from[i * column_stride];
    }
  }
}

static void NAME(store_rows)(REAL *destination, const REAL *tile, int64_t rows,
                                           int64_t row_stride, int64_t columns,
                                           int64_t column_stride) {
  for (int64_t row = 0; row < rows; row++) {
    REAL *to = destination + row * row_stride;
    const REAL *from = tile + row * columns;
    for (int64_t i = 0; i < columns; i++) to[i * column_stride] = from[i];
  }
}

/// Calls load_rows on runs of rows that are evenly spaced.
static void NAME(load_strided)(const toylab_fused *fused, const toylab_access *access,
                               const REAL *source, REAL *tile, int64_t first_row, int64_t rows,
                               int64_t first_column, int64_t columns) {
  int64_t column_stride = access->strides[fused->rank - 1];
  source += first_column * column_stride;
  int64_t run = fused->rank >= 2 ? fused->extents[fused->rank - 2] : 1;
  int64_t row_stride = fused->rank >= 2 ? access->strides[fused->rank - 2] : 0;
  while (rows > 0) {
    int64_t length = run - first_row % run;
    if (length > rows) length = rows;
    NAME(load_rows)(tile, source + NAME(row_offset)(fused, access->strides, first_row), length,
                    row_stride, columns, column_stride);
    tile += length * columns;
    first_row += length;
    rows -= length;
  }
}

static void NAME(store_strided)(const toylab_fused *fused, const toylab_access *access,
                                REAL *destination, const REAL *tile, int64_t first_row,
                                int64_t rows, int64_t first_column, int64_t columns) {
  int64_t column_stride = access->strides[fused->rank - 1];
  destination += first_column * column_stride;
  int64_t run = fused->rank >= 2 ? fused->extents[fused->rank - 2] : 1;
  int64_t row_stride = fused->rank >= 2 ? access->strides[fused->rank - 2] : 0;
  while (rows > 0) {
    int64_t length = run - first_row % run;
    if (length > rows) length = rows;
    NAME(store_rows)(destination + NAME(row_offset)(fused, access->strides, first_row), tile,
                     length, row_stride, columns, column_stride);
    tile += length * columns;
    first_row += length;
    rows -= length;
  }
}

/// Reduces rows of a tile into results `stride` apart; `adds` to what is there if the row began before.
static void NAME(reduce_rows)(int32_t operation, REAL *to, int64_t stride, const REAL *tile,
                              int64_t rows, int64_t columns, int adds) {
  for (int64_t row = 0; row < rows; row++, tile += columns, to += stride) {
    int joins = adds || (stride == 0 && row > 0);
    if (operation == TOYLAB_REDUCE_SUM) {
      REAL sum = NAME(row_sum)(tile, columns);
      *to = joins ? *to + sum : sum;
    } else {
      REAL largest = NAME(row_maximum)(tile, columns);
      *to = joins ? NAME(larger)(*to, largest) : largest;
    }
  }
}

/// Reduces a tile, by runs of rows that are evenly spaced. The parts of a row that is wider than a tile, and
/// the rows that share a result because the reduced axes did not merge into one, are combined in order.
static void NAME(reduce_tile)(const toylab_fused *fused, const toylab_row_reduction *reduction,
                              REAL *destination, const REAL *tile, int64_t first_row, int64_t rows,
                              int64_t first_column, int64_t columns) {
  int64_t run = fused->rank >= 2 ? fused->extents[fused->rank - 2] : 1;
  int64_t stride = fused->rank >= 2 ? reduction->strides[fused->rank - 2] : 0;
  while (rows > 0) {
    int64_t place = first_row % run;
    int64_t length = run - place < rows ? run - place : rows;
    // A result has begun before if any index along a reduced axis is beyond the first.
    int adds = first_column > 0 || (stride == 0 && place > 0);
    int64_t index = first_row / run;
    for (int32_t axis = fused->rank - 3; axis >= 0 && !adds; axis--) {
      int64_t next = index / fused->extents[axis];
      if (reduction->strides[axis] == 0 && index != next * fused->extents[axis]) adds = 1;
      index = next;
    }
    NAME(reduce_rows)(reduction->operation,
                      destination + NAME(row_offset)(fused, reduction->strides, first_row), stride,
                      tile, length, columns, adds);
    tile += length * columns;
    first_row += length;
    rows -= length;
  }
}

static void NAME(fill_tile)(REAL *tile, REAL value, int64_t count) {
  for (int64_t i = 0; i < count; i++) tile[i] = value;
}

static void NAME(run_fused)(const toylab_fused *fused, void *const *bases) {
  REAL *registers[TOYLAB_MAX_REGISTERS];
  REAL *scratch = NAME(resolve)(bases, fused->scratch);
  for (int32_t r = 0; r < fused->register_count; r++) registers[r] = scratch + r * fused->tile;

  int64_t columns = fused->extents[fused->rank - 1];
  int64_t rows = 1;
  for (int32_t axis = 0; axis < fused->rank - 1; axis++) rows *= fused->extents[axis];
  // A tile is several whole rows, or part of one.
  int64_t tile_columns = columns <= fused->tile ? columns : fused->tile;
  int64_t tile_rows = columns <= fused->tile ? fused->tile / columns : 1;
  if (tile_rows > rows) tile_rows = rows;

  for (int32_t i = 0; i < fused->immediate_count; i++) {
    NAME(fill_tile)(registers[fused->immediates[i].reg], (REAL)fused->immediates[i].value,
                    tile_rows * tile_columns);
  }
  for (int32_t i = 0; i < fused->load_count; i++) {
    const toylab_access *load = &fused->loads[i];
    const REAL *source = NAME(resolve)(bases, load->ref);
    if (load->kind == TOYLAB_ACCESS_SCALAR) {
      NAME(fill_tile)(registers[load->reg], source[0], tile_rows * tile_columns);
    } else if (load->kind == TOYLAB_ACCESS_ROW_VECTOR && tile_columns == columns) {
      NAME(load_rows)(registers[load->reg], source, tile_rows, 0, columns, 1);
    }
  }

  for (int64_t row = 0; row < rows; row += tile_rows) {
    int64_t height = rows - row < tile_rows ? rows - row : tile_rows;
    for (int64_t column = 0; column < columns; column += tile_columns) {
      int64_t width = columns - column < tile_columns ? columns - column : tile_columns;
      int64_t count = height * width;
      int64_t linear = row * columns + column;
      // Stores first: a strided load may fill a stored register, and with it the result, directly.
      for (int32_t i = 0; i < fused->store_count; i++) {
        const toylab_access *store = &fused->stores[i];
        if (store->kind == TOYLAB_ACCESS_CONTIGUOUS) {
          registers[store->reg] = NAME(resolve)(bases, store->ref) + linear;
        }
      }
      for (int32_t i = 0; i < fused->load_count; i++) {
        const toylab_access *load = &fused->loads[i];
        REAL *source = NAME(resolve)(bases, load->ref);
        switch (load->kind) {
          case TOYLAB_ACCESS_CONTIGUOUS: registers[load->reg] = source + linear; break;
          case TOYLAB_ACCESS_SCALAR: break;
          case TOYLAB_ACCESS_ROW_VECTOR:
            if (tile_columns != columns) registers[load->reg] = source + column;
            break;
          default:
            NAME(load_strided)(fused, load, source, registers[load->reg], row, height, column,
                               width);
        }
      }
      for (int32_t i = 0; i < fused->operation_count; i++) {
        const toylab_micro *micro = &fused->operations[i];
        NAME(apply)(micro->opcode, registers[micro->destination], registers[micro->a],
                    registers[micro->b], registers[micro->c], count);
      }
      for (int32_t i = 0; i < fused->store_count; i++) {
        const toylab_access *store = &fused->stores[i];
        if (store->kind != TOYLAB_ACCESS_CONTIGUOUS) {
          NAME(store_strided)(fused, store, NAME(resolve)(bases, store->ref),
                              registers[store->reg], row, height, column, width);
        }
      }
      for (int32_t i = 0; i < fused->reduction_count; i++) {
        const toylab_row_reduction *reduction = &fused->reductions[i];
        NAME(reduce_tile)(fused, reduction, NAME(resolve)(bases, reduction->ref),
                          registers[reduction->reg], row, height, column, width);
      }
    }
  }
}
