// Scratch slots that are not for every operator: ck_matmul_run keeps these across its caller's own.
#pragma once
#include "ck_context.h"

enum { CK_SLOT_MATMUL_A = 4, CK_SLOT_MATMUL_B = 5, CK_SLOT_MATMUL_SHARED = 6, CK_SCRATCH_SLOTS = 8 };
