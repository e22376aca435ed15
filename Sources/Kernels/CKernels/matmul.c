// The driver of the matrix product: which part of C a thread computes, and from which packed operands.
//
// C is cut into row blocks (their packed A stays in the second-level cache) and chunks of 32-column panels;
// a part is one of each, and threads claim parts. k is cut into cache blocks, multiples of the arithmetic's
// 256, that follow each other inside a part. k is never split over threads.
#include "matmul.h"
#include "scratch.h"
#pragma STDC FP_CONTRACT OFF

enum {
    // k of one packed block of A, and its rows.
    K_CACHE = 1024,
    ROWS_CACHE = 168,
    // A of one row block is packed for all k at once if it is no larger.
    A_HELD_BYTES = 3 << 19,
    // Unpacked B is packed by this much at a time.
    B_SHARED_BYTES = 32 << 20,
    // Packed B that several row blocks read again should stay in the last cache.
    B_CHUNK_BYTES = 16 << 20,
    // Packed B below this stays in the second-level cache and needs no fetching ahead.
    B_FETCH_BYTES = 1 << 20,
    // Multiply-adds below which waking threads costs more than it brings.
    ALONE = 1 << 17,
    // Packers of A may write 64 bytes past the end.
    SLACK = 128,
};

const ck_kernels *ck_kernels_for(ck_isa isa, ck_dtype product) {
    switch (isa) {
    case CK_AVX512: return ck_kernels_avx512(product);
    case CK_AVX2: return ck_kernels_avx2(product);
    case CK_NEON: return ck_kernels_neon(product);
    case CK_SCALAR: break;
    }
    return NULL;
}

// A product, or the part of it over k0..<k1 and some panels, and how it is cut.
typedef struct job {
    const ck_matmul *g;
    const ck_kernels *kernels;
    ck_context *x;
    long k0, k1, first_panel, panels; // of this job
    long tiles, row_blocks, chunks;   // `tiles` rows of tiles; row_blocks * chunks parts of a batch entry
    long k_cache;
    int fetch;                        // B is larger than the second-level cache
    int hold_a;                       // a worker's packed A has all k of its row block
    const char *b_ready;              // packed panels of this job, or NULL: every part packs its own
    size_t b_panel_bytes;             // from one of them to the next
    long entry;                       // of the batch, where a job is of one entry only
    const void *a_rows;               // quantised rows for tiles in place
    long a_rows_stride;               // elements
    long held[CK_THREADS_MAX];        // which A a worker's scratch holds: batch entry and row block
} job;

static ck_dtype panel_type(const job *j) { return j->g->product; }

// Where k and panel of unpacked (or differently packed) B begin.
static ck_operand operand_at(const job *j, long entry, long panel, long k) {
    const ck_matmul *g = j->g;
    size_t element = g->b_type == CK_BF16 ? 2 : 4;
    if (g->b_packed) { // fp32 panels for a bf16 product
        const float *p = (const float *)g->b + (panel * g->k + k) * CK_PANEL;
        return (ck_operand){p, CK_F32, CK_PANEL, 1};
    }
    long at = entry * g->b_batch + k * g->b_row + panel * CK_PANEL * g->b_col;
    return (ck_operand){(const char *)g->b + (size_t)at * element, g->b_type, g->b_row, g->b_col};
}

// Packs k..<k + count of a panel.
static void pack_panel(const job *j, long entry, long panel, long k, long count, void *out) {
    const int columns = (int)ck_min(CK_PANEL, j->g->n - panel * CK_PANEL);
    j->kernels->pack_b(count, columns, operand_at(j, entry, panel, k), out);
}

// ---- Few rows: A in place, B is streamed once through as many panels at a time as registers allow

// 1 << log_many panels, `stride` apart, of which b is the first; b_stride bytes lie between them.
static void run_in_place(const job *j, long entry, long panel, int log_many, long stride, long k, long count,
                         const void *b, size_t b_stride) {
    const ck_matmul *g = j->g;
    const int rows = (int)g->m, width = j->kernels->in_place_width[rows];
    const char *a = j->a_rows ? j->a_rows : g->a;
    long a_row = j->a_rows ? j->a_rows_stride : g->a_row;
    const long a_k = k / (j->kernels->a_pairs ? 2 : 1);
    const long a_at = a_k + entry * (j->a_rows ? rows * a_row : g->a_batch);
    const int last = k + count == g->k;
    for (int half = 0; half < CK_PANEL; half += width) {
        const long column = panel * CK_PANEL + half;
        ck_tile t = {.k = count, .a = a + a_at * 4, .a_row = a_row, .b = (const char *)b + half * 4,
                     .b_panel = (long)(b_stride / 4), .c = g->c + entry * g->c_batch + column,
                     .c_row = g->c_row, .c_panel = stride * CK_PANEL, .columns = g->n - column,
                     .first = k == 0 && !g->accumulate, .bias = last && g->bias ? g->bias + column : NULL};
        if (t.columns > 0) j->kernels->in_place[rows][log_many](&t);
    }
}

static void few_rows_part(void *argument, long part, int worker) {
    job *j = argument;
    const ck_matmul *g = j->g;
    const long entry = part / j->chunks, chunk = part % j->chunks;
    long panel = j->panels * chunk / j->chunks, end = j->panels * (chunk + 1) / j->chunks;
    const size_t block_bytes = ck_panel_bytes(panel_type(j), CK_BLOCK);
    while (panel < end) {
        int log_many = 2;
        while (!j->kernels->in_place[g->m][log_many] || (1 << log_many) > end - panel) log_many--;
        const long many = 1 << log_many;
        if (j->b_ready) {
            // Panels that go together lie apart, so that each stream of B runs on into its next panel.
            const long stride = (end - panel) / many;
            for (long s = 0; s < stride; s++)
                run_in_place(j, entry, panel + s, log_many, stride, 0, g->k,
                             j->b_ready + (size_t)(panel + s) * j->b_panel_bytes,
                             (size_t)stride * j->b_panel_bytes);
            panel += stride * many;
            continue;
        }
        char *b = ck_scratch(j->x, worker, CK_SLOT_MATMUL_B, block_bytes * (size_t)many);
        for (long k = 0; k < g->k; k += CK_BLOCK) {
            const long count = ck_min(CK_BLOCK, g->k - k);
            for (long i = 0; i < many; i++)
                pack_panel(j, entry, panel + i, k, count, b + (size_t)i * block_bytes);
            run_in_place(j, entry, panel, log_many, 1, k, count, b, block_bytes);
        }
        panel += many;
    }
}

// A as tiles in place want it: contiguous k, quantised in a bf16 product.
static void prepare_rows(job *j) {
    const ck_matmul *g = j->g;
    if (g->product == CK_F32 && g->a_col == 1) return;
    const int pairs = g->product == CK_BF16 && j->kernels->a_pairs;
    const long stride = ck_ceil(g->k, 2) * (pairs ? 1 : 2);
    uint32_t *rows = ck_scratch(j->x, 0, CK_SLOT_MATMUL_SHARED,
                                (size_t)(g->batch * g->m * stride) * 4 + SLACK);
    for (long r = 0; r < g->batch * g->m; r++) {
        const float *a = g->a + r / g->m * g->a_batch + r % g->m * g->a_row;
        if (g->product == CK_BF16) j->kernels->quantise_row(g->k, a, g->a_col, rows + r * stride);
        else ck_pack_a_floats(g->k, 1, a, 0, g->a_col, rows + r * stride);
    }
    j->a_rows = rows;
    j->a_rows_stride = stride;
}

static void run_few_rows(job *j) {
    const ck_matmul *g = j->g;
    const int threads = ck_context_threads(j->x);
    prepare_rows(j);
    // Several chunks per thread once there is much to share, so that a slow thread holds nobody up.
    const long wanted = g->batch >= 4 * threads ? 1 : j->panels >= 32 * threads ? 4 * threads : threads;
    j->chunks = threads == 1 || g->m * g->n * g->k < ALONE ? 1 : ck_min(wanted, j->panels);
    ck_parallel(j->x, g->batch * j->chunks, few_rows_part, j);
}

// ---- Many rows: blocks of packed A against panels

static long tile_row(const job *j, long tile) { return j->g->m * tile / j->tiles; }

static char *packed_a(job *j, long entry, long block, long first, long last, long k, long count, int worker) {
    const ck_matmul *g = j->g;
    const ck_kernels *kernels = j->kernels;
    const long row = tile_row(j, first), rows = tile_row(j, last) - row;
    const long per = kernels->a_pairs ? 2 : 1, held_k = j->hold_a ? j->k1 - j->k0 : j->k_cache;
    const long block_elements = rows * ck_ceil(ck_ceil(held_k, 2) * 2, per);
    char *scratch = ck_scratch(j->x, worker, CK_SLOT_MATMUL_A, (size_t)block_elements * 4 + SLACK);
    char *out = scratch + (j->hold_a ? (size_t)(rows * (k - j->k0) / per) * 4 : 0);
    const long key = entry * j->row_blocks + block;
    if (j->hold_a && j->held[worker] == key) return out;
    char *y = out;
    const long padded = ck_ceil(count, kernels->k_step) * kernels->k_step / per;
    for (long t = first; t < last; t++) {
        const long r = tile_row(j, t), height = tile_row(j, t + 1) - r;
        const float *a = g->a + entry * g->a_batch + r * g->a_row + k * g->a_col;
        kernels->pack_a(count, (int)height, a, g->a_row, g->a_col, y);
        y += height * padded * 4;
    }
    if (k + count == j->k1) j->held[worker] = key;
    return out;
}

static void panel_of_tiles(const job *j, long entry, long panel, long first, long last, const char *a,
                           const char *b, const char *fetch, long k, long count) {
    const ck_matmul *g = j->g;
    const ck_kernels *kernels = j->kernels;
    const size_t panel_bytes = ck_panel_bytes(panel_type(j), count);
    // The next panel comes nearer a share at each tile: all at once would queue at the memory.
    const size_t share = (size_t)ck_ceil((long)panel_bytes / 64, last - first) * 64;
    const long per = kernels->a_pairs ? 2 : 1;
    const long padded = ck_ceil(count, kernels->k_step) * kernels->k_step / per;
    const int end = k + count == g->k;
    for (long half = 0; half < CK_PANEL; half += kernels->width) {
        const long column = panel * CK_PANEL + half;
        if (column >= g->n) break;
        const char *tile_a = a;
        float *c = g->c + entry * g->c_batch + column;
        ck_tile t = {.k = count, .b = b + half * 4, .c_row = g->c_row, .columns = g->n - column,
                     .first = k == 0 && !g->accumulate, .bias = end && g->bias ? g->bias + column : NULL};
        for (long tile = first; tile < last; tile++) {
            const long row = tile_row(j, tile), next = tile_row(j, tile + 1);
            t.a = tile_a;
            t.c = c + row * g->c_row;
            t.next = tile + 1 < last ? c + next * g->c_row
                                     : c + tile_row(j, first) * g->c_row + kernels->width;
            const size_t from = (size_t)(tile - first) * share;
            const int fetches = fetch && half == 0 && from < panel_bytes;
            t.fetch = fetches ? fetch + from : NULL;
            t.fetch_end = fetches ? fetch + from + share : NULL;
            kernels->packed[next - row](&t);
            tile_a += (next - row) * padded * 4;
        }
    }
}

static void many_rows_part(void *argument, long part, int worker) {
    job *j = argument;
    const long parts = j->row_blocks * j->chunks, entry = j->entry + part / parts, within = part % parts;
    const long block = within % j->row_blocks, chunk = within / j->row_blocks;
    const long first = j->tiles * block / j->row_blocks, last = j->tiles * (block + 1) / j->row_blocks;
    const long p0 = j->panels * chunk / j->chunks, p1 = j->panels * (chunk + 1) / j->chunks;
    for (long k = j->k0; k < j->k1; k += j->k_cache) {
        const long count = ck_min(j->k_cache, j->k1 - k);
        // A worker's scratch may move when it grows, never between a block's packing and its use.
        const char *a = packed_a(j, entry, block, first, last, k, count, worker);
        for (long p = p0; p < p1; p++) {
            const char *b = j->b_ready, *fetch = NULL;
            if (b) {
                b += (size_t)p * j->b_panel_bytes + ck_panel_bytes(panel_type(j), k - j->k0);
                if (j->fetch && p + 1 < p1) fetch = b + j->b_panel_bytes;
            } else {
                const size_t bytes = ck_panel_bytes(panel_type(j), j->k_cache);
                char *own = ck_scratch(j->x, worker, CK_SLOT_MATMUL_B, bytes);
                pack_panel(j, entry, j->first_panel + p, k, count, own);
                b = own;
            }
            panel_of_tiles(j, entry, j->first_panel + p, first, last, a, b, fetch, k, count);
        }
    }
}

// Chooses row_blocks and chunks: the least time of the busiest thread, in tiles times panels.
static void cut(job *j, long entries) {
    const int threads = ck_context_threads(j->x);
    const long k = j->k1 - j->k0, tile_rows = ck_ceil(j->g->m, j->tiles);
    const long rows_most = ROWS_CACHE * (j->kernels->a_pairs ? 2 : 1);
    const long rows_least = ck_ceil(j->tiles * tile_rows, rows_most);
    const long bytes = j->panels * (long)ck_panel_bytes(panel_type(j), k);
    const long fitting = ck_min(j->panels, (bytes + B_CHUNK_BYTES / 2) / B_CHUNK_BYTES);
    const long chunks_least = rows_least > 1 ? fitting : 1;
    j->row_blocks = rows_least;
    j->chunks = chunks_least > 0 ? chunks_least : 1;
    const long work = entries * j->g->m * j->panels * CK_PANEL * k;
    if (threads == 1 || entries >= 8 * threads || work < ALONE) return;
    const long rows_from = j->row_blocks, chunks_from = j->chunks;
    double best = 1e300;
    const long tries = 2 * ck_min(threads, 16);
    for (long rows = rows_from; rows <= ck_min(j->tiles, rows_from + tries); rows++)
        for (long chunks = chunks_from; chunks <= ck_min(j->panels, chunks_from + tries); chunks++) {
            const long parts = entries * rows * chunks;
            const double tall = (double)ck_ceil(j->tiles, rows), wide = (double)ck_ceil(j->panels, chunks);
            // Packing a tile's A costs about a third of multiplying it by a panel, fetching a panel a tenth;
            // a little of a part more for the wait at the end.
            const double part = tall * wide + 0.35 * tall + (j->b_ready ? 0.1 : 2.0) * wide + 0.3;
            const double time = ((double)ck_ceil(parts, threads) + 0.15) * part;
            if (time < best) {
                best = time;
                j->row_blocks = rows;
                j->chunks = chunks;
            }
        }
}

static void run_parts(job *j, long entries) {
    const long k = j->k1 - j->k0;
    j->k_cache = ck_ceil(ck_ceil(k, CK_BLOCK), ck_ceil(k, K_CACHE)) * CK_BLOCK;
    cut(j, entries);
    const long rows = ck_min(j->g->m, ck_ceil(j->tiles, j->row_blocks) * j->kernels->rows);
    j->hold_a = rows * k * (j->kernels->a_pairs ? 2 : 4) <= A_HELD_BYTES;
    j->fetch = j->panels * (long)ck_panel_bytes(panel_type(j), k) > B_FETCH_BYTES;
    for (int i = 0; i < ck_context_threads(j->x); i++) j->held[i] = -1;
    ck_parallel(j->x, entries * j->row_blocks * j->chunks, many_rows_part, j);
}

// ---- Unpacked B that several row blocks read: packed by all threads first, a piece at a time

static void pack_shared_part(void *argument, long part, int worker) {
    (void)worker;
    job *j = argument;
    char *out = (char *)j->b_ready + (size_t)part * j->b_panel_bytes;
    pack_panel(j, j->entry, j->first_panel + part, j->k0, j->k1 - j->k0, out);
}

static void run_shared(job *j) {
    const ck_matmul *g = j->g;
    const long all = ck_ceil(g->n, CK_PANEL), blocks = ck_ceil(g->k, CK_BLOCK);
    const long pieces = ck_ceil(blocks, ck_ceil(g->k, K_CACHE)) * CK_BLOCK;
    j->b_panel_bytes = ck_panel_bytes(panel_type(j), ck_min(pieces, g->k));
    const long most = ck_min(all, B_SHARED_BYTES / (long)j->b_panel_bytes);
    const char *shared = ck_scratch(j->x, 0, CK_SLOT_MATMUL_SHARED, (size_t)most * j->b_panel_bytes);
    for (j->entry = 0; j->entry < g->batch; j->entry++)
        for (j->first_panel = 0; j->first_panel < all; j->first_panel += most)
            for (j->k0 = 0; j->k0 < g->k; j->k0 += pieces) {
                j->k1 = ck_min(j->k0 + pieces, g->k);
                j->panels = ck_min(most, all - j->first_panel);
                j->b_ready = shared;
                ck_parallel(j->x, j->panels, pack_shared_part, j);
                run_parts(j, 1);
            }
}

// ---- Entry

static void reference_part(void *argument, long part, int worker) {
    (void)worker;
    const ck_matmul *g = argument;
    ck_matmul_reference(g, part / g->m, part % g->m, part % g->m + 1);
}

void ck_matmul_run(ck_context *x, const ck_matmul *g) {
    if (g->batch <= 0 || g->m <= 0 || g->n <= 0) return;
    const ck_kernels *kernels = ck_kernels_for(ck_context_isa(x), g->product);
    if (kernels == NULL || g->k <= 0) {
        ck_parallel(x, g->batch * g->m, reference_part, (void *)g);
        return;
    }
    job j = {.g = g, .kernels = kernels, .x = x, .k1 = g->k, .panels = ck_ceil(g->n, CK_PANEL)};
    j.tiles = ck_ceil(g->m, kernels->rows);
    if (g->b_packed && g->b_type == g->product) {
        j.b_ready = g->b;
        j.b_panel_bytes = ck_panel_bytes(g->b_type, g->k);
    }
    const long row_blocks = ck_ceil(g->m, ROWS_CACHE);
    if (g->m <= kernels->in_place_rows) run_few_rows(&j);
    else if (j.b_ready || row_blocks == 1 || (g->batch > 1 && row_blocks == 2)) run_parts(&j, g->batch);
    else run_shared(&j);
}
