// Vector code of RoPE, AdamW and the random numbers; defined in rope.c, optimizer.c and random.c.

INLINE void rotate16(f16 a, f16 b, f16 c, f16 s, f16 *y1, f16 *y2) {
    *y1 = fma16(-b, s, a * c);
    *y2 = fma16(a, s, b * c);
}

static void rotate(long half, const float *x1, const float *x2, const float *c, const float *s, int inverse,
                   float *y1, float *y2) {
    long i = 0;
    f16 a, b;
    u16 flip = inverse ? 0x80000000u : 0;
    for (; i + 16 <= half; i += 16) {
        rotate16(load16(x1 + i), load16(x2 + i), load16(c + i), (f16)((u16)load16(s + i) ^ flip), &a, &b);
        store16(y1 + i, a);
        store16(y2 + i, b);
    }
    if (i == half) return;
    long n = half - i;
    f16 sine = (f16)((u16)load_part(s + i, n) ^ flip);
    rotate16(load_part(x1 + i, n), load_part(x2 + i, n), load_part(c + i, n), sine, &a, &b);
    store_part(y1 + i, n, a);
    store_part(y2 + i, n, b);
}

typedef struct moments { f16 p, m, v; } moments;

INLINE moments adamw16(const ck_adamw *c, f16 g, moments old) {
    moments now;
    now.m = fma16((f16)c->beta1, old.m, c->a1 * g);
    now.v = fma16((f16)c->beta2, old.v, c->a2 * (g * g));
    f16 u = (now.m * c->c1) / (sqrt16(now.v * c->c2) + c->epsilon);
    now.p = fma16((f16)-c->rate, u, old.p * c->decay);
    return now;
}

static void adamw(long n, const ck_adamw *constants, float scale, const float *g, float *p, float *m,
                  float *v) {
    const ck_adamw c = *constants; // a copy cannot be what p, m or v points to
    long i = 0;
    for (; i + 16 <= n; i += 16) {
        moments old = {load16(p + i), load16(m + i), load16(v + i)};
        moments now = adamw16(&c, load16(g + i) * scale, old);
        store16(p + i, now.p);
        store16(m + i, now.m);
        store16(v + i, now.v);
    }
    if (i == n) return;
    long k = n - i;
    moments old = {load_part(p + i, k), load_part(m + i, k), load_part(v + i, k)};
    moments now = adamw16(&c, load_part(g + i, k) * scale, old);
    store_part(p + i, k, now.p);
    store_part(m + i, k, now.m);
    store_part(v + i, k, now.v);
}

// hi and lo halves of m * x.
INLINE void multiply16(unsigned m, u16 x, u16 *high, u16 *low) {
    wide16 product = __builtin_convertvector(x, wide16) * (unsigned long)m;
    *high = __builtin_convertvector(product >> 32, u16);
    *low = x * m;
}

// Words of the counters index + 0...15.
INLINE void philox16(uint64_t key, uint64_t stream, uint64_t index, u16 c[4]) {
    wide16 at = __builtin_convertvector(lane_index(), wide16) + index;
    c[0] = __builtin_convertvector(at & 0xFFFFFFFFul, u16);
    c[1] = __builtin_convertvector(at >> 32, u16);
    c[2] = (unsigned)stream;
    c[3] = (unsigned)(stream >> 32);
    unsigned k0 = (unsigned)key, k1 = (unsigned)(key >> 32);
    for (int round = 0; round < PHILOX_ROUNDS; round++) {
        u16 high0, low0, high1, low1;
        multiply16(PHILOX_M0, c[0], &high0, &low0);
        multiply16(PHILOX_M1, c[2], &high1, &low1);
        c[0] = high1 ^ c[1] ^ k0;
        c[1] = low1;
        c[2] = high0 ^ c[3] ^ k1;
        c[3] = low0;
        k0 += PHILOX_W0;
        k1 += PHILOX_W1;
    }
}

// y[4 * lane + j] = x[j][lane]
INLINE void interleave(const f16 x[4], float y[64]) {
    for (int j = 0; j < 4; j++) {
        float lanes[16];
        store16(lanes, x[j]);
        for (int i = 0; i < 16; i++) y[4 * i + j] = lanes[i];
    }
}

INLINE f16 fraction16(u16 w, unsigned plus) {
    return __builtin_convertvector((i16)((w >> 8) + plus), f16) * 0x1p-24f;
}

static void uniform(uint64_t key, uint64_t stream, uint64_t index, float y[64]) {
    u16 w[4];
    f16 x[4];
    philox16(key, stream, index, w);
    for (int j = 0; j < 4; j++) x[j] = fraction16(w[j], 0);
    interleave(x, y);
}

static void normal(uint64_t key, uint64_t stream, uint64_t index, float y[64]) {
    u16 w[4];
    f16 x[4];
    philox16(key, stream, index, w);
    for (int j = 0; j < 4; j += 2) {
        f16 r = sqrt16(-2.0f * log16(fraction16(w[j], 1)));
        f16 t = fraction16(w[j + 1], 0) * TWO_PI;
        x[j] = r * turn16(t, 1);
        x[j + 1] = r * turn16(t, 0);
    }
    interleave(x, y);
}
