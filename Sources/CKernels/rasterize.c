#include "include/lm_raster.h"

#include <math.h>
#include <string.h>

typedef float four __attribute__((vector_size(16), aligned(4)));

static inline four load4(const float *p) {
    four v;
    memcpy(&v, p, sizeof v);
    return v;
}

static inline void store4(float *p, four v) { memcpy(p, &v, sizeof v); }

/* Sixteen points of a pixel: a 4×4 grid, quarter pixels apart, exactly representable as multiples of 1/8. */
enum { grid = 4 };
#define COVERED (1.0f / (grid * grid))

/* Corners are rounded to 1/256 pixel, so that edge functions are exact integers and a shared edge is the same number
 * with the other sign in both triangles: no point is counted twice or missed. */
enum { steps = 256 };

typedef struct {
    int64_t a, b, c; /* a·x + b·y + c ≥ 0 inside, in steps; ties belong to the top and left edges */
} edge;

static edge edge_of(int64_t x0, int64_t y0, int64_t x1, int64_t y1) {
    edge e = {y0 - y1, x1 - x0, 0};
    e.c = -(e.a * x0 + e.b * y0);
    if (!(e.a > 0 || (e.a == 0 && e.b > 0))) e.c -= 1;
    return e;
}

typedef struct {
    edge edges[3];
    int32_t x0, y0, x1, y1;          /* pixels to look at, the last ones excluded */
    float u[3], v[3], gain[3];       /* value at pixel (0, 0), slope along x, slope along y */
} set_up;

static void plane_of(float out[3], const double p[3], double x0, double y0, double dx1, double dy1, double dx2,
                     double dy2, double area) {
    double along_x = ((p[1] - p[0]) * dy2 - (p[2] - p[0]) * dy1) / area;
    double along_y = ((p[2] - p[0]) * dx1 - (p[1] - p[0]) * dx2) / area;
    out[0] = (float)(p[0] - along_x * x0 - along_y * y0);
    out[1] = (float)along_x;
    out[2] = (float)along_y;
}

static int32_t least(int64_t a, int64_t b, int64_t c) {
    int64_t m = a < b ? a : b;
    m = m < c ? m : c;
    return (int32_t)((m >= 0 ? m : m - steps + 1) / steps);
}

/* 0 where the triangle has no area or lies outside. */
static int prepare(set_up *s, lm_canvas canvas, const lm_vertex *p, const lm_vertex *q, const lm_vertex *r) {
    int64_t x[3] = {llrintf(p->x * steps), llrintf(q->x * steps), llrintf(r->x * steps)};
    int64_t y[3] = {llrintf(p->y * steps), llrintf(q->y * steps), llrintf(r->y * steps)};
    int64_t doubled = (x[1] - x[0]) * (y[2] - y[0]) - (x[2] - x[0]) * (y[1] - y[0]);
    if (doubled == 0) return 0;
    for (int i = 0; i < 3; i++) {
        int j = (i + 1) % 3;
        s->edges[i] = doubled > 0 ? edge_of(x[i], y[i], x[j], y[j]) : edge_of(x[j], y[j], x[i], y[i]);
    }
    s->x0 = least(x[0], x[1], x[2]);
    s->y0 = least(y[0], y[1], y[2]);
    s->x1 = 2 - least(-x[0], -x[1], -x[2]);
    s->y1 = 2 - least(-y[0], -y[1], -y[2]);
    if (s->x0 < 0) s->x0 = 0;
    if (s->y0 < 0) s->y0 = 0;
    if (s->x1 > canvas.width) s->x1 = canvas.width;
    if (s->y1 > canvas.height) s->y1 = canvas.height;
    if (s->x0 >= s->x1 || s->y0 >= s->y1) return 0;
    double k = 1.0 / steps, area = (double)doubled * k * k;
    double u[3] = {p->u, q->u, r->u}, v[3] = {p->v, q->v, r->v}, g[3] = {p->gain, q->gain, r->gain};
    double dx1 = (double)(x[1] - x[0]) * k, dy1 = (double)(y[1] - y[0]) * k;
    double dx2 = (double)(x[2] - x[0]) * k, dy2 = (double)(y[2] - y[0]) * k;
    plane_of(s->u, u, (double)x[0] * k, (double)y[0] * k, dx1, dy1, dx2, dy2, area);
    plane_of(s->v, v, (double)x[0] * k, (double)y[0] * k, dx1, dy1, dx2, dy2, area);
    plane_of(s->gain, g, (double)x[0] * k, (double)y[0] * k, dx1, dy1, dx2, dy2, area);
    return 1;
}

static inline float held(float value, float top) { return value < 0 ? 0 : value > top ? top : value; }

static inline four texel(lm_texture t, float u, float v) {
    u = held(u, (float)(t.width - 1));
    v = held(v, (float)(t.height - 1));
    int32_t i = (int32_t)u, j = (int32_t)v;
    i -= i == t.width - 1 && i > 0;
    j -= j == t.height - 1 && j > 0;
    float fx = u - (float)i, fy = v - (float)j;
    size_t right = t.width > 1 ? 4 : 0, below = t.height > 1 ? (size_t)t.width * 4 : 0;
    const float *p = t.texels + ((size_t)j * (size_t)t.width + (size_t)i) * 4;
    four top = load4(p) * (1 - fx) + load4(p + right) * fx;
    four bottom = load4(p + below) * (1 - fx) + load4(p + below + right) * fx;
    return top * (1 - fy) + bottom * fy;
}

static inline void add(lm_canvas canvas, lm_texture texture, const set_up *s, int32_t x, int32_t y, float coverage) {
    float fx = (float)x, fy = (float)y;
    four value = texel(texture, s->u[0] + s->u[1] * fx + s->u[2] * fy, s->v[0] + s->v[1] * fx + s->v[2] * fy);
    float gain = s->gain[0] + s->gain[1] * fx + s->gain[2] * fy;
    four dark = value[3] * (four){0, 128, 128, 1};
    value = dark + (value - dark) * gain;
    float *pixel = canvas.pixels + ((size_t)y * (size_t)canvas.width + (size_t)x) * 4;
    store4(pixel, load4(pixel) + value * coverage);
}

static inline int64_t at(edge e, int64_t x, int64_t y) { return e.a * x + e.b * y + e.c; }

/* The point (i, j) of a pixel's grid, in steps from its centre. */
static inline int64_t offset(int i) { return (2 * i + 1 - grid) * steps / (2 * grid); }

static float coverage_of(const set_up *s, int32_t x, int32_t y) {
    int covered = 0;
    for (int j = 0; j < grid; j++)
        for (int i = 0; i < grid; i++) {
            int64_t px = (int64_t)x * steps + offset(i), py = (int64_t)y * steps + offset(j);
            covered += at(s->edges[0], px, py) >= 0 && at(s->edges[1], px, py) >= 0 && at(s->edges[2], px, py) >= 0;
        }
    return (float)covered * COVERED;
}

void lm_draw_triangles_ref(lm_canvas canvas, lm_texture texture, const lm_vertex *vertices, const int32_t *triangles,
                           size_t triangle_count) {
    for (size_t t = 0; t < triangle_count; t++) {
        const int32_t *corner = triangles + 3 * t;
        set_up s;
        if (!prepare(&s, canvas, vertices + corner[0], vertices + corner[1], vertices + corner[2])) continue;
        for (int32_t y = s.y0; y < s.y1; y++)
            for (int32_t x = s.x0; x < s.x1; x++) {
                float coverage = coverage_of(&s, x, y);
                if (coverage > 0) add(canvas, texture, &s, x, y, coverage);
            }
    }
}

/* How far the edge functions of a pixel's points lie from that of its centre, at most. */
static int64_t reach(edge e) {
    int64_t a = e.a < 0 ? -e.a : e.a, b = e.b < 0 ? -e.b : e.b;
    return (a + b) * offset(grid - 1);
}

static void draw(lm_canvas canvas, lm_texture texture, const set_up *s) {
    int64_t far[3] = {reach(s->edges[0]), reach(s->edges[1]), reach(s->edges[2])};
    for (int32_t y = s->y0; y < s->y1; y++) {
        int entered = 0;
        for (int32_t x = s->x0; x < s->x1; x++) {
            int whole = 1, outside = 0;
            for (int e = 0; e < 3; e++) {
                int64_t value = at(s->edges[e], (int64_t)x * steps, (int64_t)y * steps);
                whole &= value >= far[e];
                outside |= value < -far[e];
            }
            if (outside) {
                if (entered) break; /* a triangle is convex: the row is done */
                continue;
            }
            entered = 1;
            float coverage = whole ? 1 : coverage_of(s, x, y);
            if (coverage > 0) add(canvas, texture, s, x, y, coverage);
        }
    }
}

void lm_draw_triangles(lm_canvas canvas, lm_texture texture, const lm_vertex *vertices, const int32_t *triangles,
                       size_t triangle_count) {
    for (size_t t = 0; t < triangle_count; t++) {
        const int32_t *corner = triangles + 3 * t;
        set_up s;
        if (prepare(&s, canvas, vertices + corner[0], vertices + corner[1], vertices + corner[2]))
            draw(canvas, texture, &s);
    }
}

void lm_lay_over(lm_canvas canvas, lm_canvas layer, int32_t x0, int32_t y0, int32_t x1, int32_t y1) {
    for (int32_t y = y0; y < y1; y++) {
        float *below = canvas.pixels + ((size_t)y * (size_t)canvas.width + (size_t)x0) * 4;
        float *above = layer.pixels + ((size_t)y * (size_t)canvas.width + (size_t)x0) * 4;
        for (int32_t x = x0; x < x1; x++, below += 4, above += 4) {
            float opacity = above[3];
            if (opacity == 0) continue;
            four value = load4(above);
            if (opacity > 1) value /= opacity;
            store4(below, load4(below) * (1 - value[3]) + value);
            store4(above, (four){0, 0, 0, 0});
        }
    }
}

/* About a standard normal: the sum of four bytes of a hash, shifted and scaled. Never beyond 3.5. */
static inline float noise(uint64_t seed, uint64_t index) {
    uint64_t z = seed + index * 0x9E3779B97F4A7C15ull;
    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9ull;
    z ^= z >> 27;
    uint32_t sum = (uint32_t)(z & 255) + (uint32_t)(z >> 8 & 255) + (uint32_t)(z >> 16 & 255) + (uint32_t)(z >> 24 & 255);
    return ((float)sum - 510.0f) * (1.0f / 147.8f);
}

static inline uint8_t byte(float value) { return (uint8_t)(held(value, 255) + 0.5f); }

static void expose_luma(uint8_t *y, lm_canvas canvas, lm_sensor sensor) {
    size_t count = (size_t)canvas.width * (size_t)canvas.height;
    for (size_t i = 0; i < count; i++)
        y[i] = byte(held(canvas.pixels[4 * i], 255) * sensor.luma_scale + sensor.luma_offset +
                    sensor.luma_noise * noise(sensor.seed, i));
}

void lm_expose(lm_planes planes, lm_canvas canvas, lm_sensor sensor) {
    expose_luma(planes.y, canvas, sensor);
    int32_t width = (canvas.width + 1) / 2, height = (canvas.height + 1) / 2;
    uint64_t blue = ~sensor.seed, red = sensor.seed ^ 0x5851F42D4C957F2Dull;
    for (int32_t j = 0; j < height; j++)
        for (int32_t i = 0; i < width; i++) {
            four sum = {0, 0, 0, 0};
            for (int k = 0; k < 4; k++) {
                int32_t x = 2 * i + k % 2, y = 2 * j + k / 2;
                x -= x == canvas.width;
                y -= y == canvas.height;
                sum += load4(canvas.pixels + ((size_t)y * (size_t)canvas.width + (size_t)x) * 4);
            }
            size_t at = (size_t)j * (size_t)width + (size_t)i;
            planes.cb[at] = byte((sum[1] * 0.25f - 128) * sensor.chroma_scale + 128 +
                                 sensor.chroma_noise * noise(blue, at));
            planes.cr[at] = byte((sum[2] * 0.25f - 128) * sensor.chroma_scale + 128 +
                                 sensor.chroma_noise * noise(red, at));
        }
}
