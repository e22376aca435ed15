// Vector code of the norms. See norm.c for the definitions.

static void rms_apply(long n, const float *a, const float *w, float r, float *y) {
    f16 scale = r;
    long j = 0;
    for (; j + 16 <= n; j += 16) store16(y + j, (load16(a + j) * scale) * load16(w + j));
    for (; j < n; j++) y[j] = (a[j] * r) * w[j];
}

static float rms_dot(long n, const float *a, const float *w, float r, const float *dy) {
    f16 s = 0, scale = r;
    long j = 0;
    for (; j + 16 <= n; j += 16) s = fma16(load16(dy + j) * load16(w + j), load16(a + j) * scale, s);
    if (j < n) {
        f16 g = load_part(dy + j, n - j) * load_part(w + j, n - j);
        s = below(n - j) ? fma16(g, load_part(a + j, n - j) * scale, s) : s;
    }
    return sum_lanes(s);
}

static void rms_gradient(long n, const float *a, const float *w, float r, float c, const float *dy, float *dx,
                         float *dw) {
    f16 scale = r, share = c;
    long j = 0;
    for (; j + 16 <= n; j += 16) {
        f16 d = load16(dy + j), h = load16(a + j) * scale;
        store16(dw + j, fma16(d, h, load16(dw + j)));
        store16(dx + j, fma16(-h, share, d * load16(w + j)) * scale);
    }
    for (; j < n; j++) {
        float h = a[j] * r, g = dy[j] * w[j];
        dw[j] = __builtin_fmaf(dy[j], h, dw[j]);
        dx[j] = __builtin_fmaf(-h, c, g) * r;
    }
}

static float deviation(long n, const float *a, float mean) {
    f16 s = 0, m = mean;
    long j = 0;
    for (; j + 16 <= n; j += 16) {
        f16 d = load16(a + j) - m;
        s = fma16(d, d, s);
    }
    if (j < n) {
        f16 d = load_part(a + j, n - j) - m;
        s = below(n - j) ? fma16(d, d, s) : s;
    }
    return sum_lanes(s);
}

static void layer_apply(long n, const float *a, const float *w, const float *b, float mean, float r,
                        float *y) {
    f16 m = mean, scale = r;
    long j = 0;
    for (; j + 16 <= n; j += 16)
        store16(y + j, fma16((load16(a + j) - m) * scale, load16(w + j), load16(b + j)));
    for (; j < n; j++) y[j] = __builtin_fmaf((a[j] - mean) * r, w[j], b[j]);
}

static void layer_sums(long n, const float *a, const float *w, const float stats[2], const float *dy,
                       float sums[2]) {
    f16 s = 0, t = 0, mean = stats[0], scale = stats[1];
    long j = 0;
    for (; j + 16 <= n; j += 16) {
        f16 h = (load16(a + j) - mean) * scale, d = load16(dy + j), v = load16(w + j);
        s = fma16(d, v, s);
        t = fma16(d * v, h, t);
    }
    if (j < n) {
        i16 valid = below(n - j);
        f16 h = (load_part(a + j, n - j) - mean) * scale;
        f16 d = load_part(dy + j, n - j), v = load_part(w + j, n - j);
        s = valid ? fma16(d, v, s) : s;
        t = valid ? fma16(d * v, h, t) : t;
    }
    sums[0] = sum_lanes(s);
    sums[1] = sum_lanes(t);
}

static void layer_gradient(long n, const float *a, const float *w, const float stats[2], const float c[2],
                           const float *dy, float *dx, float *dw, float *db) {
    f16 mean = stats[0], scale = stats[1], c0 = -c[0], c1 = c[1];
    long j = 0;
    for (; j + 16 <= n; j += 16) {
        f16 d = load16(dy + j), h = (load16(a + j) - mean) * scale;
        store16(dw + j, fma16(d, h, load16(dw + j)));
        store16(db + j, load16(db + j) + d);
        store16(dx + j, fma16(-h, c1, fma16(d, load16(w + j), c0)) * scale);
    }
    for (; j < n; j++) {
        float h = (a[j] - stats[0]) * stats[1], g = __builtin_fmaf(dy[j], w[j], -c[0]);
        dw[j] = __builtin_fmaf(dy[j], h, dw[j]);
        db[j] = db[j] + dy[j];
        dx[j] = __builtin_fmaf(-h, c[1], g) * stats[1];
    }
}

static const norm_kernels norm_table = {
    rms_apply, rms_dot, rms_gradient, deviation, layer_apply, layer_sums, layer_gradient,
};
