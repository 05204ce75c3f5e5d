/* The op records as a whole: every builtin code has one, and their tables hold together. Their field ids, types and defaults are held against the
 * schema by tests/oracle/options.py.
 * SPDX-License-Identifier: Apache-2.0
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "flatbuffer/flatbuffer.h"
#include "graph/fields.h"
#include "ops/ops.h"

enum { CODES = 210, CUSTOM = 32, UNION_MEMBERS = 126, UNION2_MEMBERS = 23 };

static void test_every_builtin_code_has_one_record(void **state) {
    (void)state;
    int count[CODES] = {0};
    for (int32_t k = 0; tuff_op_at(k); k++) {
        const tuff_op *op = tuff_op_at(k);
        assert_in_range(op->code, 0, CODES - 1);
        assert_ptr_equal(tuff_op_by_name(op->name), op);
        if (op->code == CUSTOM) continue; /* by name only */
        count[op->code]++;
        assert_ptr_equal(tuff_op_by_code(op->code), op);
    }
    assert_null(tuff_op_by_code(CUSTOM));
    for (int32_t code = 0; code < CODES; code++)
        if (count[code] != (code != CUSTOM)) fail_msg("code %d has %d records", (int)code, count[code]);
    assert_null(tuff_op_by_code(CODES));
    assert_null(tuff_op_by_code(-1));
    assert_null(tuff_op_by_name("CUSTOM"));
    assert_null(tuff_op_at(-1));
}

static size_t room_of(tuff_field_kind kind) {
    if (tuff_field_is_vector(kind)) return sizeof(tuff_bytes);
    return kind == TUFF_FIELD_STRING ? sizeof(char *) : tuff_field_element_bytes(kind);
}

static void test_option_tables_hold_together(void **state) {
    (void)state;
    for (int32_t k = 0; tuff_op_at(k); k++) {
        const tuff_op *op = tuff_op_at(k);
        const tuff_options *o = &op->options;
        if (!o->table) assert_true(o->union_type == 0 && (o->bytes == 0 || op->code == CUSTOM));
        else assert_in_range(o->union_type, 1, o->second ? UNION2_MEMBERS : UNION_MEMBERS);
        uint32_t slots = 0;
        size_t end = 0;
        for (const tuff_field *f = o->fields; f && f->kind != TUFF_FIELD_END_KIND; f++) {
            if (!o->table) { /* a FlexBuffers map: the names are the keys */
                assert_int_equal(f->slot, -1);
            } else {
                if (f->slot < 0 || f->slot >= TUFF_FLAT_SLOTS || (slots >> f->slot & 1)) fail_msg("%s.%s: slot %d", op->name, f->name, f->slot);
                slots |= 1u << f->slot;
            }
            if (f->offset < end || f->offset + room_of(f->kind) > o->bytes) fail_msg("%s.%s lies outside its struct", op->name, f->name);
            end = f->offset + room_of(f->kind);
            if (o->table && f->version > op->highest) fail_msg("%s.%s needs version %d, the record knows %d", op->name, f->name, f->version, op->highest);
        }
        assert_int_equal(o->fields != NULL, o->bytes > 0);
    }
}

/* Tables that several ops share must be described alike. */
static void test_one_table_has_one_number(void **state) {
    (void)state;
    for (int32_t k = 0; tuff_op_at(k); k++)
        for (int32_t i = 0; i < k; i++) {
            const tuff_options *a = &tuff_op_at(k)->options, *b = &tuff_op_at(i)->options;
            if (!a->table || !b->table) continue;
            const bool same_name = strcmp(a->table, b->table) == 0, same_number = a->union_type == b->union_type && a->second == b->second;
            if (same_name != same_number) fail_msg("%s of %s and %s of %s", a->table, tuff_op_at(k)->name, b->table, tuff_op_at(i)->name);
        }
}

static void test_records_know_their_rows(void **state) {
    (void)state;
    for (int32_t k = 0; tuff_op_at(k); k++) {
        const tuff_op *op = tuff_op_at(k);
        assert_non_null(op->inputs);
        assert_non_null(op->outputs);
        assert_true(op->highest >= 1 || op->code == CUSTOM); /* custom ops: versions are their makers' matter */
        assert_int_equal(op->variants != NULL, op->infer != NULL || (op->flags & TUFF_OP_CONTROL) != 0);
        for (const tuff_variant *v = op->variants; v && v->outputs[0]; v++) {
            if (v->version < 1 || (op->highest && v->version > op->highest))
                fail_msg("%s has a row of version %d, the record knows %d", op->name, v->version, op->highest);
            if (op->prepare && !op->view && !v->kernel.run) fail_msg("%s has a row without a kernel", op->name);
        }
    }
}

static void test_cells_name_sets_of_types(void **state) {
    (void)state;
    assert_true(tuff_cell_takes("f32", TUFF_F32, TUFF_S8));
    assert_false(tuff_cell_takes("f32", TUFF_F16, TUFF_F32));
    assert_true(tuff_cell_takes("s8|u8", TUFF_U8, TUFF_F32));
    assert_false(tuff_cell_takes("s8|u8", TUFF_S16, TUFF_F32));
    assert_true(tuff_cell_takes("any", TUFF_STRING, TUFF_F32));
    assert_true(tuff_cell_takes("b4", TUFF_S32, TUFF_U8));
    assert_false(tuff_cell_takes("b4", TUFF_S64, TUFF_U8));
    assert_true(tuff_cell_takes("=0", TUFF_S64, TUFF_S64));
    assert_false(tuff_cell_takes("=0", TUFF_S64, TUFF_S32));
    assert_true(tuff_cell_takes("b1|s32", TUFF_BOOL, TUFF_F32));
    assert_false(tuff_cell_takes("", TUFF_F32, TUFF_F32));
}

static void test_rows_are_found_by_types(void **state) {
    (void)state;
    static const tuff_variant rows[] = {
        {.inputs = {"f32", "f32", "f32"}, .outputs = {"f32"}, .version = 1},
        {.inputs = {"s8", "s8", "s32"}, .outputs = {"=0"}, .version = 2},
        {.version = 0},
    };
    static const tuff_op op = {.name = "X", .inputs = "a b c?", .outputs = "y", .variants = rows},
                         list = {.name = "Y", .inputs = "a*", .outputs = "y", .variants = rows};
    const tuff_tensor f32 = {.type = TUFF_F32}, s8 = {.type = TUFF_S8}, s32 = {.type = TUFF_S32};
    const tuff_tensor *in[] = {&s8, &s8, NULL, &s32}, *out[] = {&s8};
    assert_ptr_equal(tuff_variant_find(&op, in, 2, out, 1), &rows[1]);
    assert_ptr_equal(tuff_variant_find(&op, in, 3, out, 1), &rows[1]);   /* left out */
    assert_null(tuff_variant_find(&op, in, 4, out, 1));                  /* one too many */
    assert_ptr_equal(tuff_variant_find(&list, in, 4, out, 1), &rows[1]); /* the last cell repeats */
    in[1] = &f32;
    assert_null(tuff_variant_find(&op, in, 2, out, 1));
    in[0] = &f32;
    out[0] = &f32;
    assert_ptr_equal(tuff_variant_find(&op, in, 2, out, 1), &rows[0]);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_every_builtin_code_has_one_record), cmocka_unit_test(test_option_tables_hold_together),
        cmocka_unit_test(test_one_table_has_one_number),          cmocka_unit_test(test_records_know_their_rows),
        cmocka_unit_test(test_cells_name_sets_of_types),          cmocka_unit_test(test_rows_are_found_by_types),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
