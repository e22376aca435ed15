// One token from logits.
//
//     temperature <= 0: the lowest id among the largest logits.
//     z = fma(logit, 1/temperature, +0);  m = max z;  e = exp(z - m);  p = e * (1 / RED16(e))
//     order: by z descending, then by id ascending
//     kept: the first top_k of the order (top_k < 1 or >= n: all); of these the first whose running sum
//           of p (adds in that order) reaches top_p, and those before it (top_p >= 1: all); of these
//           those with p >= min_p * (largest p)
//     draw: with c the running sum of p over the kept ids ascending and C its end, the first id with
//           c > uniform * C
// The result is -1 when the distribution is a fault: a NaN among the logits, or no finite maximum. A greedy
// draw overlooks NaN. min_p above 1 counts as 1.
//
// The scalar path sorts everything. The other one selects before it sorts: the k-th largest of the maxima of
// groups of 64 bounds the k-th largest logit from below, so one more pass finds all candidates.
#include <stdlib.h>
#include <string.h>
#include "include/ck_random.h"
#include "rows.h"
#pragma STDC FP_CONTRACT OFF

enum { GROUP = 64, NUCLEUS_FIRST = 1024 };

typedef struct sampler {
    const row_kernels *k;
    long n;
    float inverse, top_p, min_p;    // 1 / RED16(e)
    float *z, *e, *maxima;          // maxima: of groups of z
    int32_t *ids;
    uint64_t *keys, *other;         // an element each: the order, largest key first
} sampler;

// Larger for larger z, one value for both zeros.
static uint32_t rank_of(float z) {
    uint32_t u;
    float x = z + 0.0f;
    memcpy(&u, &x, sizeof u);
    return u & 0x80000000u ? ~u : u | 0x80000000u;
}
static uint64_t key_of(float z, uint32_t id) { return (uint64_t)rank_of(z) << 32 | (0xFFFFFFFFu - id); }
static uint32_t id_of(uint64_t key) { return 0xFFFFFFFFu - (uint32_t)key; }

static size_t padded(size_t bytes) { return (bytes + 63) & ~(size_t)63; }

size_t ck_sample_scratch(long n) {
    size_t count = n > 0 ? (size_t)n : 1;
    return 64 + padded(4 * count) * 3 + padded(4 * (count / GROUP + 1)) + padded(8 * count) * 2;
}

static sampler sampler_over(ck_isa isa, long n, const ck_sampling *s, void *scratch) {
    char *at = (char *)padded((size_t)scratch);
    size_t count = (size_t)n;
    sampler x = {.k = ck_rows(isa), .n = n, .top_p = s->top_p, .min_p = s->min_p < 1 ? s->min_p : 1};
    x.z = (float *)at;
    x.e = (float *)(at += padded(4 * count));
    x.ids = (int32_t *)(at += padded(4 * count));
    x.maxima = (float *)(at += padded(4 * count));
    x.keys = (uint64_t *)(at += padded(4 * (count / GROUP + 1)));
    x.other = (uint64_t *)(at += padded(8 * count));
    return x;
}

static float probability(const sampler *x, uint32_t id) { return x->e[id] * x->inverse; }

static int by_key_descending(const void *a, const void *b) {
    uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;
    return x < y ? 1 : x > y ? -1 : 0;
}

// Moves the k largest of n keys to the front, in any order: from the top byte down, keys above the byte of
// the k-th are in, keys below it are out, and only those that share it are looked at again.
static void select_keys(uint64_t *keys, uint64_t *other, long n, long k) {
    long taken = 0;
    for (int shift = 56; shift >= 0 && taken + n > k; shift -= 8) {
        long count[256] = {0};
        for (long i = 0; i < n; i++) count[keys[i] >> shift & 255]++;
        int byte = 255;
        for (long above = taken; above + count[byte] < k; byte--) above += count[byte];
        long left = 0;
        for (long i = 0; i < n; i++) {
            int b = (int)(keys[i] >> shift & 255);
            if (b > byte) other[taken++] = keys[i];
            else if (b == byte) keys[left++] = keys[i];
        }
        n = left;
    }
    memcpy(other + taken, keys, (size_t)(k - taken) * sizeof *keys);
    memcpy(keys, other, (size_t)k * sizeof *keys);
}

// Descending by the bits from `shift` to `end`, stable, byte by byte; a byte that all keys share costs one
// look.
static void sort_keys(uint64_t *keys, uint64_t *other, long n, int shift, int end) {
    if (n <= GROUP) {
        qsort(keys, (size_t)n, sizeof *keys, by_key_descending);
        return;
    }
    for (; shift < end; shift += 8) {
        long count[256] = {0};
        for (long i = 0; i < n; i++) count[keys[i] >> shift & 255]++;
        if (count[keys[0] >> shift & 255] == n) continue;
        for (long b = 255, at = 0; b >= 0; b--) {
            long c = count[b];
            count[b] = at;
            at += c;
        }
        for (long i = 0; i < n; i++) other[count[keys[i] >> shift & 255]++] = keys[i];
        memcpy(keys, other, (size_t)n * sizeof *keys);
    }
}

// The keys of at least the `count` first of the order; returns how many.
static long candidates(const sampler *x, long count) {
    long groups = (x->n + GROUP - 1) / GROUP;
    if (groups < count) {
        for (long i = 0; i < x->n; i++) x->keys[i] = key_of(x->z[i], (uint32_t)i);
        return x->n;
    }
    for (long g = 0; g < groups; g++) {
        x->maxima[g] = x->k->reduce->max(least(GROUP, x->n - g * GROUP), x->z + g * GROUP);
        x->keys[g] = key_of(x->maxima[g], (uint32_t)g);
    }
    select_keys(x->keys, x->other, groups, count);
    float bound = x->maxima[id_of(x->keys[0])];
    for (long i = 1; i < count; i++) {
        float m = x->maxima[id_of(x->keys[i])];
        bound = m < bound ? m : bound;
    }
    long found = x->k->reduce->at_least(x->n, x->z, bound, x->ids);
    for (long i = 0; i < found; i++) x->keys[i] = key_of(x->z[x->ids[i]], (uint32_t)x->ids[i]);
    return found;
}

static int passes_min_p(const sampler *x, uint32_t id) {
    return !(probability(x, id) < x->min_p * x->inverse); // the largest p is exp(0) * inverse
}

// First index whose running sum is above uniform times the last; the sums never fall, so by halves.
static long drawn(const float *cumulative, long count, float uniform) {
    float target = uniform * cumulative[count - 1];
    long low = 0, high = count - 1;
    while (low < high) {
        long middle = (low + high) / 2;
        if (cumulative[middle] > target) high = middle;
        else low = middle + 1;
    }
    return low;
}

// Every id is kept, less those min_p leaves out.
static int32_t draw_from_all(const sampler *x, float uniform) {
    float sum = 0, *cumulative = x->z;
    long count = 0;
    for (long i = 0; i < x->n; i++) {
        if (!passes_min_p(x, (uint32_t)i)) continue;
        sum = sum + probability(x, (uint32_t)i);
        x->ids[count] = (int32_t)i;
        cumulative[count++] = sum;
    }
    return x->ids[drawn(cumulative, count, uniform)];
}

// The first `count` of the sorted keys are kept, less those min_p leaves out.
static int32_t draw_from_keys(const sampler *x, long count, float uniform) {
    long kept = 0;
    for (long i = 0; i < count; i++)
        if (passes_min_p(x, id_of(x->keys[i]))) x->keys[kept++] = (uint32_t)x->keys[i];
    sort_keys(x->keys, x->other, kept, 0, 32); // without their ranks: by id ascending
    float sum = 0, *cumulative = x->z;
    for (long i = 0; i < kept; i++) {
        sum = sum + probability(x, id_of(x->keys[i]));
        cumulative[i] = sum;
    }
    return (int32_t)id_of(x->keys[drawn(cumulative, kept, uniform)]);
}

// How many of the `count` sorted keys make the nucleus; 0 if they do not reach top_p.
static long nucleus(const sampler *x, long count) {
    float sum = 0;
    for (long i = 0; i < count; i++) {
        sum = sum + probability(x, id_of(x->keys[i]));
        if (sum >= x->top_p) return i + 1;
    }
    return 0;
}

static void sort_all(const sampler *x) {
    for (long i = 0; i < x->n; i++) x->keys[i] = key_of(x->z[i], (uint32_t)i);
    sort_keys(x->keys, x->other, x->n, 32, 64); // ids are in order already
}

static int32_t sample_selected(const sampler *x, long top_k, float uniform) {
    if (top_k == x->n && !(x->top_p < 1)) return draw_from_all(x, uniform);
    long first = top_k < x->n ? top_k : least(x->n, NUCLEUS_FIRST);
    select_keys(x->keys, x->other, candidates(x, first), first);
    if (!(x->top_p < 1)) return draw_from_keys(x, first, uniform);
    sort_keys(x->keys, x->other, first, 0, 64);
    long count = nucleus(x, first);
    if (count == 0 && first < top_k) { // a wide nucleus: now everything is sorted
        sort_all(x);
        count = nucleus(x, top_k);
    }
    return draw_from_keys(x, count ? count : top_k, uniform);
}

static int32_t sample_scalar(const sampler *x, long top_k, float uniform) {
    for (long i = 0; i < x->n; i++) x->keys[i] = key_of(x->z[i], (uint32_t)i);
    qsort(x->keys, (size_t)x->n, sizeof *x->keys, by_key_descending);
    long count = top_k, kept = 0;
    float sum = 0, total = 0;
    if (x->top_p < 1)
        for (count = 0; count < top_k && !(count > 0 && sum >= x->top_p); count++)
            sum = sum + probability(x, id_of(x->keys[count]));
    memset(x->ids, 0, (size_t)x->n * sizeof *x->ids); // 1: kept
    for (long i = 0; i < count; i++) x->ids[id_of(x->keys[i])] = passes_min_p(x, id_of(x->keys[i]));
    for (long i = 0; i < x->n; i++)
        if (x->ids[i]) total = total + probability(x, (uint32_t)i);
    sum = 0;
    for (long i = 0; i < x->n; i++) {
        if (!x->ids[i]) continue;
        kept = i;
        sum = sum + probability(x, (uint32_t)i);
        if (sum > uniform * total) break;
    }
    return (int32_t)kept;
}

int32_t ck_sample_f32(ck_isa isa, long n, const float *logits, const ck_sampling *s, float uniform,
                      void *scratch) {
    if (n <= 0) return -1;
    sampler x = sampler_over(isa, n, s, scratch);
    if (s->temperature <= 0) {
        long first = x.k->reduce->first_equal(n, logits, x.k->reduce->max(n, logits));
        return first < 0 ? -1 : (int32_t)first;
    }
    x.k->elementwise->affine(n, logits, 1.0f / s->temperature, 0, x.z);
    float m = x.k->reduce->max(n, x.z), sum = ck_row_exp_sum(x.k->softmax, n, x.z, m, x.e);
    if (sum != sum) return -1;
    x.inverse = 1.0f / sum;
    long top_k = s->top_k < 1 || s->top_k > n ? n : s->top_k;
    return isa == CK_SCALAR ? sample_scalar(&x, top_k, uniform) : sample_selected(&x, top_k, uniform);
}
