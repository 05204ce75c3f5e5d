/* Kernels give the same bytes however their tiles are shared out, and write no byte beyond their outputs. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

#include "ops/arithmetic.h"
#include "ops/move.h"
#include "ops/pad.h"
#include "ops/pool.h"
#include "ops/quantize.h"
#include "ops/reduce.h"
#include "ops/softmax.h"

enum { ROOM = 1 << 14, GUARD = 64 };
static uint8_t in_a[ROOM], in_b[ROOM], one[ROOM], many[ROOM];

static void fill(uint8_t *bytes, uint32_t seed) {
    for (int k = 0; k < ROOM; k++) {
        seed = seed * 1664525 + 1013904223;
        bytes[k] = (uint8_t)(seed >> 24);
    }
}

/* io[out] is the output, of `bytes` */
static void check(tuff_kernel_fn *kernel, const void *args, void **io, int out, size_t bytes) {
    fill(in_a, 1);
    fill(in_b, 2);
    memset(one, 0xa5, ROOM);
    io[out] = one;
    assert_int_equal(kernel(args, io, 0, 1), 0);
    for (size_t k = 0; k < GUARD; k++) assert_int_equal(one[bytes + k], 0xa5);
    for (int jobs = 2; jobs < 12; jobs++) {
        memset(many, 0xa5, ROOM);
        io[out] = many;
        for (int job = jobs - 1; job >= 0; job--) assert_int_equal(kernel(args, io, job, jobs), 0);
        assert_memory_equal(one, many, bytes + GUARD);
    }
}

static tuff_tensor tensor(tuff_type type, int32_t rank, const int32_t *shape) { return (tuff_tensor){.name = "t", .type = type, .rank = rank, .shape = shape}; }

static void test_broadcast_rows_split_anywhere(void **state) {
    (void)state;
    const int32_t a_shape[] = {3, 1, 5, 7}, b_shape[] = {4, 1, 7}, out_shape[] = {3, 4, 5, 7};
    const tuff_tensor a = tensor(TUFF_S8, 4, a_shape), b = tensor(TUFF_S8, 3, b_shape), out = tensor(TUFF_S8, 4, out_shape);
    tuff_add_quantized_args args = {.left_shift = 20,
                                    .zero_a = 3,
                                    .zero_b = -7,
                                    .zero_out = 1,
                                    .lo = -128,
                                    .hi = 127,
                                    .scale_a = {1 << 30, 0},
                                    .scale_b = {1518500250, -1},
                                    .scale_out = {1 << 30, -18}};
    tuff_walk_binary(&args.walk, &a, &b, &out);
    check(tuff_add_s8, &args, (void *[]){in_a, in_b, NULL}, 2, 3 * 4 * 5 * 7);
}

static void test_equal_shapes_become_one_row(void **state) {
    (void)state;
    const int32_t shape[] = {2, 3, 4};
    const tuff_tensor t = tensor(TUFF_S32, 3, shape);
    tuff_walk walk = {0};
    tuff_walk_binary(&walk, &t, &t, &t);
    assert_int_equal(walk.rank, 1);
    assert_int_equal(walk.dims[0], 24);
}

static void test_pool_pixels_split_anywhere(void **state) {
    (void)state;
    const tuff_pool_integer_args args = {.window = {.batches = 2,
                                                    .in_height = 5,
                                                    .in_width = 6,
                                                    .out_height = 5,
                                                    .out_width = 6,
                                                    .height = 3,
                                                    .width = 2,
                                                    .stride_height = 1,
                                                    .stride_width = 1,
                                                    .dilation_height = 1,
                                                    .dilation_width = 1,
                                                    .pad_top = 1},
                                         .channels = 70,
                                         .lo = -128,
                                         .hi = 127};
    check(tuff_average_pool_s8, &args, (void *[]){in_a, NULL}, 1, 2 * 5 * 6 * 70);
    check(tuff_max_pool_s8, &args, (void *[]){in_a, NULL}, 1, 2 * 5 * 6 * 70);
}

static void test_reductions_split_anywhere(void **state) {
    (void)state;
    tuff_reduce_quantized_args args = {.count = 5, .zero_in = 4, .lo = -128, .hi = 127, .scale = {1 << 30, -1}};
    tuff_walk_add(&args.kept, 3, 5 * 131, 0);
    tuff_walk_add(&args.kept, 131, 1, 0);
    tuff_walk_add(&args.reduced, 5, 131, 0);
    check(tuff_sum_scaled_s8, &args, (void *[]){in_a, NULL}, 1, 3 * 131);
}

static void test_slices_backwards_split_anywhere(void **state) {
    (void)state;
    const int32_t shape[] = {4, 6, 9}, begin[] = {3, 1, 8}, step[] = {-1, 2, -3}, dims[] = {4, 2, 3};
    const tuff_tensor t = tensor(TUFF_S16, 3, shape);
    tuff_move_args args;
    tuff_walk_slice(&args.walk, &t, begin, step, dims);
    check(tuff_move_b2, &args, (void *[]){in_a, NULL}, 1, 4 * 2 * 3 * 2);
    const int16_t *in = (const int16_t *)(const void *)in_a, *out = (const int16_t *)(const void *)one;
    assert_int_equal(out[0], in[(3 * 6 + 1) * 9 + 8]);
    assert_int_equal(out[1], in[(3 * 6 + 1) * 9 + 5]);
    assert_int_equal(out[4 * 2 * 3 - 1], in[(0 * 6 + 3) * 9 + 2]);
}

static void test_padding_splits_anywhere(void **state) {
    (void)state;
    const tuff_pad_args args = {.rank = 3, .bytes = 4, .in = {3, 4, 5}, .before = {1, 0, 2}, .out = {5, 6, 7}};
    check(tuff_pad, &args, (void *[]){in_a, in_b, NULL}, 2, 5 * 6 * 7 * 4);
}

static void test_softmax_rows_split_anywhere(void **state) {
    (void)state;
    static int32_t table[256];
    for (int k = 0; k < 256; k++) table[k] = INT32_MAX >> (k / 8 > 30 ? 30 : k / 8);
    const tuff_softmax_b1_args args = {.rows = 13, .depth = 11, .flip = 0x80};
    check(tuff_softmax_b1, &args, (void *[]){in_a, table, NULL}, 2, 13 * 11);
}

static void test_packed_nibbles_split_by_bytes(void **state) {
    (void)state;
    static float x[31], scale[] = {0.25f};
    static int32_t zero[] = {1};
    for (int k = 0; k < 31; k++) x[k] = (float)(k - 15) / 7;
    const tuff_quantize_args args = {.count = 31, .inner = 31, .channels = 1, .lo = -8, .hi = 7};
    check(tuff_quantize_s4, &args, (void *[]){x, NULL, scale, zero}, 1, 16);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_broadcast_rows_split_anywhere),   cmocka_unit_test(test_equal_shapes_become_one_row),
        cmocka_unit_test(test_pool_pixels_split_anywhere),      cmocka_unit_test(test_reductions_split_anywhere),
        cmocka_unit_test(test_slices_backwards_split_anywhere), cmocka_unit_test(test_padding_splits_anywhere),
        cmocka_unit_test(test_softmax_rows_split_anywhere),     cmocka_unit_test(test_packed_nibbles_split_by_bytes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
