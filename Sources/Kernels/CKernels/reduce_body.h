// Vector code of the reductions. See reduce.c for the definitions.

static float sum(long n, const float *a) {
    f16 s = 0;
    long i = 0;
    for (; i + 16 <= n; i += 16) s = s + load16(a + i);
    if (i < n) s = below(n - i) ? s + load_part(a + i, n - i) : s;
    return sum_lanes(s);
}

static float dot(long n, const float *a, const float *b) {
    f16 s = 0;
    long i = 0;
    for (; i + 16 <= n; i += 16) s = fma16(load16(a + i), load16(b + i), s);
    if (i < n) s = below(n - i) ? fma16(load_part(a + i, n - i), load_part(b + i, n - i), s) : s;
    return sum_lanes(s);
}

static float maximum(long n, const float *a) {
    f16 m[4];
    for (int v = 0; v < 4; v++) m[v] = -__builtin_inff();
    long i = 0;
    for (; i + 64 <= n; i += 64)
#pragma unroll
        for (int v = 0; v < 4; v++) {
            f16 x = load16(a + i + 16 * v);
            m[v] = x > m[v] ? x : m[v];
        }
    for (; i + 16 <= n; i += 16) {
        f16 x = load16(a + i);
        m[0] = x > m[0] ? x : m[0];
    }
    m[0] = m[1] > m[0] ? m[1] : m[0];
    m[2] = m[3] > m[2] ? m[3] : m[2];
    float largest = max_lanes(m[2] > m[0] ? m[2] : m[0]);
    for (; i < n; i++) largest = a[i] > largest ? a[i] : largest;
    return largest + 0.0f;
}

static long first_equal(long n, const float *a, float x) {
    f16 all = x;
    long i = 0;
    for (; i + 16 <= n; i += 16)
        if (any16(load16(a + i) == all)) break;
    for (; i < n; i++)
        if (a[i] == x) return i;
    return -1;
}

static long at_least(long n, const float *a, float x, int32_t *indices) {
    f16 all = x;
    long count = 0, i = 0;
    for (; i + 16 <= n; i += 16) {
        if (!any16(load16(a + i) >= all)) continue;
        for (long j = i; j < i + 16; j++)
            if (a[j] >= x) indices[count++] = (int32_t)j;
    }
    for (; i < n; i++)
        if (a[i] >= x) indices[count++] = (int32_t)i;
    return count;
}

// `vectors` neighbouring vectors of columns, a constant.
INLINE void column_chains(const int vectors, long rows, const float *a, long a_row, float *y) {
    f16 c[4];
    for (long block = 0; block < rows; block += CHAIN_ROWS) {
        f16 p[4];
#pragma unroll
        for (int v = 0; v < vectors; v++) p[v] = 0;
        long end = least(rows, block + CHAIN_ROWS);
        for (long r = block; r < end; r++)
#pragma unroll
            for (int v = 0; v < vectors; v++) p[v] = p[v] + load16(a + r * a_row + 16 * v);
#pragma unroll
        for (int v = 0; v < vectors; v++) c[v] = block ? c[v] + p[v] : p[v];
    }
#pragma unroll
    for (int v = 0; v < vectors; v++) store16(y + 16 * v, c[v]);
}

static void sum_columns(long rows, long n, const float *a, long a_row, float *y) {
    if (rows <= 0) {
        for (long j = 0; j < n; j++) y[j] = 0;
        return;
    }
    long j = 0;
    for (; j + 64 <= n; j += 64) column_chains(4, rows, a + j, a_row, y + j);
    for (; j + 16 <= n; j += 16) column_chains(1, rows, a + j, a_row, y + j);
    for (; j < n; j++) {
        float c = 0;
        for (long block = 0; block < rows; block += CHAIN_ROWS) {
            float p = 0;
            for (long r = block; r < least(rows, block + CHAIN_ROWS); r++) p = p + a[r * a_row + j];
            c = block ? c + p : p;
        }
        y[j] = c;
    }
}

static const reduce_kernels reduce_table = {sum, dot, maximum, first_equal, at_least, sum_columns};
