// Part of toylab. Licensed under Apache-2.0; see LICENSE.

#ifndef TOYLAB_CKERNELS_H
#define TOYLAB_CKERNELS_H

#include "cache.h"
#include "fma_limit.h"
#include "optimizers.h"
#include "philox.h"
#include "pool.h"
#include "program.h"
#include "variates.h"

#endif
