/* A node's options by name.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "graph/attrs.h"

#include <string.h>

static const tuff_field *find(const tuff_node *n, const char *name) {
    if (!n->attrs || !n->op->options.fields) return NULL;
    for (const tuff_field *f = n->op->options.fields; f->kind != TUFF_FIELD_END_KIND; f++)
        if (strcmp(f->name, name) == 0) return f;
    return NULL;
}

bool tuff_node_get(const tuff_node *n, const char *field, double *value) {
    const tuff_field *f = find(n, field);
    if (!f) return false;
    const void *at = (const uint8_t *)n->attrs + f->offset;
    switch (f->kind) {
    case TUFF_FIELD_BOOL: *value = *(const bool *)at; return true;
    case TUFF_FIELD_S8: *value = *(const int8_t *)at; return true;
    case TUFF_FIELD_U8: *value = *(const uint8_t *)at; return true;
    case TUFF_FIELD_S16: *value = *(const int16_t *)at; return true;
    case TUFF_FIELD_S32: *value = *(const int32_t *)at; return true;
    case TUFF_FIELD_U32: *value = *(const uint32_t *)at; return true;
    case TUFF_FIELD_F32: *value = (double)*(const float *)at; return true;
    case TUFF_FIELD_F64: *value = *(const double *)at; return true;
    default: return false;
    }
}

static bool between(double value, double low, double high) { return value >= low && value <= high; }

bool tuff_node_set(tuff_node *n, const char *field, double value) {
    const tuff_field *f = find(n, field);
    if (!f) return false;
    void *at = (uint8_t *)n->attrs + f->offset;
    switch (f->kind) {
    case TUFF_FIELD_BOOL: *(bool *)at = value != 0; return true;
    case TUFF_FIELD_S8: return between(value, INT8_MIN, INT8_MAX) ? (*(int8_t *)at = (int8_t)value, true) : false;
    case TUFF_FIELD_U8: return between(value, 0, UINT8_MAX) ? (*(uint8_t *)at = (uint8_t)value, true) : false;
    case TUFF_FIELD_S16: return between(value, INT16_MIN, INT16_MAX) ? (*(int16_t *)at = (int16_t)value, true) : false;
    case TUFF_FIELD_S32: return between(value, INT32_MIN, INT32_MAX) ? (*(int32_t *)at = (int32_t)value, true) : false;
    case TUFF_FIELD_U32: return between(value, 0, UINT32_MAX) ? (*(uint32_t *)at = (uint32_t)value, true) : false;
    case TUFF_FIELD_F32: *(float *)at = (float)value; return true;
    case TUFF_FIELD_F64: *(double *)at = value; return true;
    default: return false;
    }
}
