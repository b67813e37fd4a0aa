// Part of toylab. Licensed under Apache-2.0; see LICENSE.
#ifndef TOYLAB_CCAIRO_SHIM_H
#define TOYLAB_CCAIRO_SHIM_H

#include <cairo.h>
#include <cairo-pdf.h>
#include <cairo-svg.h>

#endif
