// Canonical kernels: every operator has one definition, down to the order of each addition, and every
// instruction set and every thread count gives its bits. Tensors are dense and row-major, fp32 unless
// said; sizes and strides count elements; no output overlaps an input unless said.
#pragma once
#include "ck_context.h"
#include "ck_elementary.h"
#include "ck_elementwise.h"
#include "ck_matmul.h"
#include "ck_reduce.h"
#include "ck_norm.h"
#include "ck_softmax.h"
#include "ck_rope.h"
#include "ck_embedding.h"
#include "ck_attention.h"
#include "ck_conv3d.h"
#include "ck_optimizer.h"
#include "ck_random.h"
