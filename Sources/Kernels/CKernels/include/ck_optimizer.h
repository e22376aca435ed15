// AdamW with decoupled weight decay (arXiv 1711.05101), one tensor at a time, in place.
#pragma once
#include "ck_context.h"

// Constants of the step, fp32, made on the host: c1 = 1/(1 - beta1^t), c2 = 1/(1 - beta2^t), decay = 1 -
// rate * wd, a1 = 1 - beta1, a2 = 1 - beta2.
typedef struct ck_adamw { float rate, beta1, beta2, a1, a2, c1, c2, epsilon, decay; } ck_adamw;

// g' = g * scale[0]; m = fma(beta1, m, a1*g'); v = fma(beta2, v, a2*(g'*g'));
// u = (m*c1) / (sqrt(v*c2) + epsilon); p = fma(-rate, u, p*decay)
void ck_adamw_f32(ck_context *x, long n, const ck_adamw *c, const float *scale, const float *g, float *p,
                  float *m, float *v);
