// Part of toylab. Licensed under Apache-2.0; see LICENSE.
#ifndef TOYLAB_CPNG_SHIM_H
#define TOYLAB_CPNG_SHIM_H

#include <png.h>

#endif
