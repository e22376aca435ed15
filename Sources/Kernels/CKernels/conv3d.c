// 3-D convolution as matrix products over gathered voxels, 256 terms at a time. The definition is the matrix
// product of ck_matmul.h over the index named in ck_conv3d.h; an operand outside the input is +0 and its fma
// is done. Gathering, packing and order are the same for every instruction set; the products are tiles.
#include <string.h>
#include "include/ck_conv3d.h"
#include "tiles.h"
#pragma STDC FP_CONTRACT OFF

// One sliding product: rows are voxels of `to`, terms are (kd, kh, kw, channels of `from`).
typedef struct sliding {
    ck_context *x;
    const tile_kernels *kernels;
    ck_conv3d g;
    long from[3], to[3];            // depth, height, width
    long channels, columns;         // of `from` and of `to`
    long terms, rows, panels;
    int transposed;                 // `from` is the output's gradient, `to` the input's
    const float *a, *w, *bias;
    float *weights;                 // [panels][terms][64]
    float *y;
} sliding;

enum { ROWS = 64, COLUMNS = 64 };

static void output_size(const ck_conv3d *g, long to[3]) {
    to[0] = (g->depth + 2 * g->padding - g->kd) / g->stride + 1;
    to[1] = (g->height + 2 * g->padding - g->kh) / g->stride + 1;
    to[2] = (g->width + 2 * g->padding - g->kw) / g->stride + 1;
}

// The coordinate in `from` that voxel `at` of `to` meets at kernel offset k, or -1.
static long meet(const sliding *s, int axis, long at, long k) {
    long i = s->transposed ? at + s->g.padding - k : at * s->g.stride + k - s->g.padding;
    if (s->transposed) {
        if (i < 0 || i % s->g.stride != 0) return -1;
        i /= s->g.stride;
    }
    return i >= 0 && i < s->from[axis] ? i : -1;
}

// out[t - first] = the operand of voxel `row` at terms first..<end.
static void gather(const sliding *s, long row, long first, long end, float *out) {
    long x = row % s->to[2], y = row / s->to[2] % s->to[1], z = row / s->to[2] / s->to[1] % s->to[0];
    long b = row / s->to[2] / s->to[1] / s->to[0];
    for (long t = first; t < end;) {
        long offset = t / s->channels, channel = t % s->channels;
        long n = s->channels - channel < end - t ? s->channels - channel : end - t;
        long i = meet(s, 0, z, offset / s->g.kw / s->g.kh), j = meet(s, 1, y, offset / s->g.kw % s->g.kh);
        long k = meet(s, 2, x, offset % s->g.kw);
        if (i < 0 || j < 0 || k < 0) {
            memset(out, 0, (size_t)n * sizeof *out);
        } else {
            long voxel = ((b * s->from[0] + i) * s->from[1] + j) * s->from[2] + k;
            memcpy(out, s->a + voxel * s->channels + channel, (size_t)n * sizeof *out);
        }
        out += n;
        t += n;
    }
}

static void fold(float *c, const float *p, long n, int first) {
    for (long i = 0; i < n; i++) c[i] = first ? p[i] : c[i] + p[i];
}

// 64 voxels and 64 columns: all terms.
static void rows_part(void *arg, long part, int worker) {
    const sliding *s = arg;
    long first = part / s->panels * ROWS, rows = s->rows - first < ROWS ? s->rows - first : ROWS;
    long column = part % s->panels * COLUMNS;
    long columns = s->columns - column < COLUMNS ? s->columns - column : COLUMNS;
    float *a = ck_scratch(s->x, worker, 0, (size_t)(ROWS * (CHAIN + 2 * COLUMNS)) * sizeof *a);
    float *p = a + ROWS * CHAIN, *c = p + ROWS * COLUMNS;
    memset(p, 0, ROWS * COLUMNS * sizeof *p);
    for (long t = 0; t < s->terms; t += CHAIN) {
        long end = t + CHAIN < s->terms ? t + CHAIN : s->terms;
        for (long r = 0; r < rows; r++) gather(s, first + r, t, end, a + r * CHAIN);
        s->kernels->product(rows, ceil_div(columns, LANES), end - t, a, CHAIN, 1,
                            s->weights + (column * s->terms + t * COLUMNS), COLUMNS, p, COLUMNS, 0);
        fold(c, p, rows * COLUMNS, t == 0);
    }
    for (long r = 0; r < rows; r++)
        for (long o = 0; o < columns; o++) {
            float y = c[r * COLUMNS + o];
            s->y[(first + r) * s->columns + column + o] = s->bias ? y + s->bias[column + o] : y;
        }
}

// 256 terms of one panel of 64 columns: forward, a transpose of w[out][terms].
static void pack_part(void *arg, long part, int worker) {
    (void)worker;
    const sliding *s = arg;
    long t = part / s->panels * CHAIN, column = part % s->panels * COLUMNS;
    long n = s->terms - t < CHAIN ? s->terms - t : CHAIN, left = s->columns - column;
    long columns = left < COLUMNS ? left : COLUMNS;
    float *to = s->weights + column * s->terms + t * COLUMNS;
    if (!s->transposed) {
        s->kernels->pack_keys(s->w + column * s->terms + t, s->terms, columns, n, to);
        return;
    }
    long offsets = s->terms / s->channels;
    for (long i = t; i < t + n; i++, to += COLUMNS) {
        const float *from = s->w + (i % s->channels * offsets + i / s->channels) * s->columns + column;
        memcpy(to, from, (size_t)columns * sizeof *to);
        memset(to + columns, 0, (size_t)(COLUMNS - columns) * sizeof *to);
    }
}

static void set_sizes(sliding *s) {
    s->terms = s->g.kd * s->g.kh * s->g.kw * s->channels;
    s->rows = s->g.batch * s->to[0] * s->to[1] * s->to[2];
    s->panels = ceil_div(s->columns, COLUMNS);
}

static void run_sliding(sliding *s) {
    set_sizes(s);
    s->weights = ck_scratch(s->x, 0, 1, (size_t)(s->panels * s->terms * COLUMNS) * sizeof(float));
    ck_parallel(s->x, ceil_div(s->terms, CHAIN) * s->panels, pack_part, s);
    ck_parallel(s->x, ceil_div(s->rows, ROWS) * s->panels, rows_part, s);
}

static sliding forward_of(ck_context *x, const ck_conv3d *g, const float *a) {
    sliding s = {.x = x, .kernels = ck_tiles(ck_context_isa(x)), .g = *g,
                 .from = {g->depth, g->height, g->width}, .channels = g->in, .columns = g->out, .a = a};
    output_size(g, s.to);
    return s;
}

void ck_conv3d_f32(ck_context *x, const ck_conv3d *g, const float *a, const float *w, const float *bias,
                   float *y) {
    sliding s = forward_of(x, g, a);
    s.w = w;
    s.bias = bias;
    s.y = y;
    run_sliding(&s);
}

void ck_conv3d_backward_input_f32(ck_context *x, const ck_conv3d *g, const float *w, const float *dy,
                                  float *dx) {
    sliding s = {.x = x, .kernels = ck_tiles(ck_context_isa(x)), .g = *g,
                 .to = {g->depth, g->height, g->width}, .channels = g->out, .columns = g->in,
                 .transposed = 1, .a = dy, .w = w, .y = dx};
    output_size(g, s.from);
    run_sliding(&s);
}

typedef struct weight_gradient {
    sliding s;                  // of the forward product
    const float *dy;
    float *dw;
} weight_gradient;

// 64 columns (kd, kh, kw, in) of dw: all voxels of all outputs.
static void columns_part(void *arg, long part, int worker) {
    const weight_gradient *g = arg;
    const sliding *s = &g->s;
    long first = part * COLUMNS, out = s->columns;
    long end = first + COLUMNS < s->terms ? first + COLUMNS : s->terms;
    long vectors = ceil_div(end - first, LANES);
    float *b = ck_scratch(s->x, worker, 0, (size_t)(COLUMNS * (CHAIN + 2 * out)) * sizeof *b);
    float *p = b + CHAIN * COLUMNS, *c = p + out * COLUMNS;
    memset(b, 0, CHAIN * COLUMNS * sizeof *b);
    memset(p, 0, (size_t)(out * COLUMNS) * sizeof *p);
    for (long row = 0; row < s->rows; row += CHAIN) {
        long n = s->rows - row < CHAIN ? s->rows - row : CHAIN;
        for (long i = 0; i < n; i++) gather(s, row + i, first, end, b + i * COLUMNS);
        s->kernels->product(out, vectors, n, g->dy + row * out, 1, out, b, COLUMNS, p, COLUMNS, 0);
        fold(c, p, out * COLUMNS, row == 0);
    }
    for (long o = 0; o < out; o++)
        memcpy(g->dw + o * s->terms + first, c + o * COLUMNS, (size_t)(end - first) * sizeof *c);
}

void ck_conv3d_backward_weight_f32(ck_context *x, const ck_conv3d *g, const float *a, const float *dy,
                                   float *dw) {
    weight_gradient w = {.s = forward_of(x, g, a), .dy = dy, .dw = dw};
    set_sizes(&w.s);
    ck_parallel(x, ceil_div(w.s.terms, COLUMNS), columns_part, &w);
}
