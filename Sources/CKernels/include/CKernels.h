#pragma once
#include "lm_dispatch.h"
#include "lm_kernels.h"
#include "lm_raster.h"
#include "lm_table.h"
