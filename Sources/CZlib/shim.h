// Part of toylab. Licensed under Apache-2.0; see LICENSE.
#ifndef TOYLAB_CZLIB_SHIM_H
#define TOYLAB_CZLIB_SHIM_H

#include <zlib.h>

#endif
