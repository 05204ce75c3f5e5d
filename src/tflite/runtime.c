/* Since which runtime each op version exists: what a file says in its metadata entry min_runtime_version.
 * SPDX-License-Identifier: Apache-2.0
 *
 * TensorFlow's releases up to 2.x, then LiteRT's. A row's words are the releases of versions 1, 2, ...: "1.14" is 1.14.0, "-" a version that no
 * release has. Source: the release history that TensorFlow Lite's converter keeps.
 */
#include "tflite/runtime.h"

#include <stdio.h>
#include <string.h>

static const struct history {
    int32_t code;
    const char *releases;
} histories[] = {
    /* clang-format off */
    {0, "1.5 1.14 2.4 2.6 2.13 2.23"}, /* ADD */
    {1, "1.5 1.14 2.3"}, /* AVERAGE_POOL_2D */
    {2, "1.5 1.14 2.3 2.14 2.21 2.23 2.23"}, /* CONCATENATION */
    {3, "1.5 1.14 1.14 2.3 2.4 2.9 2.11 2.15"}, /* CONV_2D */
    {4, "1.5 1.12 1.14 2.2 2.3 2.3 2.11"}, /* DEPTHWISE_CONV_2D */
    {5, "2.1 2.5"}, /* DEPTH_TO_SPACE */
    {6, "1.13.1 1.14 1.15 2.2 2.7 2.18 2.21 2.22 2.23"}, /* DEQUANTIZE */
    {7, "1.13 1.14 1.14 2.18 2.21"}, /* EMBEDDING_LOOKUP */
    {8, "1.9"}, /* FLOOR */
    {9, "1.5 1.10 1.14 1.14 2.0 2.1 2.3 2.3 2.3 2.11 2.15 2.17 2.18 2.21"}, /* FULLY_CONNECTED */
    {10, "1.5"}, /* HASHTABLE_LOOKUP */
    {11, "1.5 1.14"}, /* L2_NORMALIZATION */
    {12, "1.5"}, /* L2_POOL_2D */
    {13, "1.5"}, /* LOCAL_RESPONSE_NORMALIZATION */
    {14, "1.14 1.14 2.3"}, /* LOGISTIC */
    {15, "1.5"}, /* LSH_PROJECTION */
    {16, "1.7 1.10 1.14 2.3"}, /* LSTM */
    {17, "1.5 1.14 2.3"}, /* MAX_POOL_2D */
    {18, "1.5 1.14 1.15 2.3 2.6 2.11 2.13 2.23"}, /* MUL */
    {19, "1.5 2.1 2.5"}, /* RELU */
    {20, "1.5"}, /* RELU_N1_TO_1 */
    {21, "1.5 1.14 2.5"}, /* RELU6 */
    {22, "1.5"}, /* RESHAPE */
    {23, "1.7 1.14 2.2 2.5"}, /* RESIZE_BILINEAR */
    {24, "1.5 1.14 2.3"}, /* RNN */
    {25, "1.5 1.14 2.3 2.23"}, /* SOFTMAX */
    {26, "1.5 1.14"}, /* SPACE_TO_DEPTH */
    {27, "1.5 1.14 2.2 2.3"}, /* SVDF */
    {28, "1.14 1.14 2.3"}, /* TANH */
    {30, "1.5"}, /* SKIP_GRAM */
    {33, "1.5"}, /* EMBEDDING_LOOKUP_SPARSE */
    {34, "1.5 1.14 2.4 2.6 2.20 2.23"}, /* PAD */
    {35, "1.14 1.14 2.3"}, /* UNIDIRECTIONAL_SEQUENCE_RNN */
    {36, "1.6 1.14 1.15 2.4 2.5 2.13 2.15 2.23"}, /* GATHER */
    {37, "1.6 1.14 2.3 2.12"}, /* BATCH_TO_SPACE_ND */
    {38, "1.6 1.14 2.3 2.12"}, /* SPACE_TO_BATCH_ND */
    {39, "1.6 1.14 1.15 2.3 2.4 2.12 2.14.4 2.22 2.23"}, /* TRANSPOSE */
    {40, "1.6 1.14 2.4"}, /* MEAN */
    {41, "1.6 1.14 2.3 2.4 2.4"}, /* SUB */
    {42, "1.6 2.3"}, /* DIV */
    {43, "1.6 2.5"}, /* SQUEEZE */
    {44, "1.13.1 1.14 2.3 2.12"}, /* UNIDIRECTIONAL_SEQUENCE_LSTM */
    {45, "1.6 1.14 2.1 2.2 2.5 2.6 2.14 2.14"}, /* STRIDED_SLICE */
    {46, "1.14 1.14 2.3"}, /* BIDIRECTIONAL_SEQUENCE_RNN */
    {47, "1.7 2.12"}, /* EXP */
    {48, "1.7 1.14 2.13"}, /* TOPK_V2 */
    {49, "1.5 1.14 1.14 2.3 2.23"}, /* SPLIT */
    {50, "1.14 1.14"}, /* LOG_SOFTMAX */
    {52, "1.14 1.14 1.14"}, /* BIDIRECTIONAL_SEQUENCE_LSTM */
    {53, "1.5 2.7 2.8 2.9 2.12 2.15 2.17 2.21 2.23"}, /* CAST */
    {54, "1.8"}, /* PRELU */
    {55, "1.14 1.14 2.3 2.3"}, /* MAXIMUM */
    {56, "1.9 1.14 2.9"}, /* ARG_MAX */
    {57, "1.14 1.14 2.3 2.3"}, /* MINIMUM */
    {58, "1.14 1.14 2.13"}, /* LESS */
    {59, "1.9"}, /* NEG */
    {60, "1.9 1.14 2.4 2.6 2.20 2.23"}, /* PADV2 */
    {61, "1.14 1.14"}, /* GREATER */
    {62, "1.14 1.14 2.13"}, /* GREATER_EQUAL */
    {63, "1.14 1.14"}, /* LESS_EQUAL */
    {64, "1.14 1.14 2.12 2.12"}, /* SELECT */
    {65, "1.14 1.14 1.14 2.4 2.5 2.14 2.21 2.23"}, /* SLICE */
    {66, "1.9 2.23"}, /* SIN */
    {67, "1.9 2.2 2.3 2.13 2.15"}, /* TRANSPOSE_CONV */
    {68, "1.9 1.14 1.15"}, /* SPARSE_TO_DENSE */
    {69, "1.10.1 2.2 2.8"}, /* TILE */
    {70, "1.10"}, /* EXPAND_DIMS */
    {71, "1.14 1.14 2.3 2.13 2.21"}, /* EQUAL */
    {72, "1.14 1.14 2.3 2.21"}, /* NOT_EQUAL */
    {73, "1.14 2.15"}, /* LOG */
    {74, "1.10 1.15"}, /* SUM */
    {75, "1.10 2.21"}, /* SQRT */
    {76, "1.10 2.5 2.15"}, /* RSQRT */
    {77, "1.10"}, /* SHAPE */
    {78, "1.10"}, /* POW */
    {79, "1.9 1.14 2.9"}, /* ARG_MIN */
    {80, "1.5 1.10"}, /* FAKE_QUANT */
    {81, "1.11 2.6"}, /* REDUCE_PROD */
    {82, "1.11 1.14 2.5"}, /* REDUCE_MAX */
    {83, "1.11 1.14 2.3 2.13 2.23"}, /* PACK */
    {84, "1.11"}, /* LOGICAL_OR */
    {85, "1.11"}, /* ONE_HOT */
    {86, "1.11"}, /* LOGICAL_AND */
    {87, "1.11"}, /* LOGICAL_NOT */
    {88, "1.11 1.14 2.2 2.3 2.22 2.23"}, /* UNPACK */
    {89, "1.11 1.14 2.5"}, /* REDUCE_MIN */
    {90, "1.14 1.14 2.13"}, /* FLOOR_DIV */
    {91, "1.11"}, /* REDUCE_ANY */
    {92, "1.12"}, /* SQUARE */
    {93, "1.12"}, /* ZEROS_LIKE */
    {94, "1.13 2.3 2.5 2.12 2.23"}, /* FILL */
    {95, "1.13 2.13"}, /* FLOOR_MOD */
    {96, "1.13 2.14"}, /* RANGE */
    {97, "1.13.1 1.14 2.3 2.4"}, /* RESIZE_NEAREST_NEIGHBOR */
    {98, "1.13.1 2.3"}, /* LEAKY_RELU */
    {99, "1.13.1 2.5"}, /* SQUARED_DIFFERENCE */
    {100, "1.13.1 2.3 2.12"}, /* MIRROR_PAD */
    {101, "1.13 2.4 2.5 2.6 2.12"}, /* ABS */
    {102, "1.13.1 2.3 2.23"}, /* SPLIT_V */
    {103, "1.14"}, /* UNIQUE */
    {104, "1.14"}, /* CEIL */
    {105, "1.14 2.2 2.5 2.23"}, /* REVERSE_V2 */
    {106, "1.14"}, /* ADD_N */
    {107, "1.14 2.3 2.5 2.13 2.16 2.23"}, /* GATHER_ND */
    {108, "1.14 2.23"}, /* COS */
    {109, "1.14 2.8"}, /* WHERE */
    {110, "1.14"}, /* RANK */
    {111, "1.14"}, /* ELU */
    {112, "1.14"}, /* REVERSE_SEQUENCE */
    {113, "1.14"}, /* MATRIX_DIAG */
    {114, "1.14 1.15 2.7 2.21 2.21 2.21"}, /* QUANTIZE */
    {115, "1.14"}, /* MATRIX_SET_DIAG */
    {116, "1.14"}, /* ROUND */
    {117, "1.15"}, /* HARD_SWISH */
    {118, "1.15"}, /* IF */
    {119, "1.15"}, /* WHILE */
    {120, "2.1"}, /* NON_MAX_SUPPRESSION_V4 */
    {121, "2.1"}, /* NON_MAX_SUPPRESSION_V5 */
    {122, "2.1"}, /* SCATTER_ND */
    {123, "2.2 2.12"}, /* SELECT_V2 */
    {124, "2.2"}, /* DENSIFY */
    {125, "2.2"}, /* SEGMENT_SUM */
    {126, "2.3 2.3 2.4 2.5"}, /* BATCH_MATMUL */
    {128, "2.4"}, /* CUMSUM */
    {129, "2.5"}, /* CALL_ONCE */
    {130, "- 2.5 2.5 2.23"}, /* BROADCAST_TO */
    {131, "2.5"}, /* RFFT2D */
    {132, "2.5"}, /* CONV_3D */
    {133, "2.5"}, /* IMAG */
    {134, "2.5"}, /* REAL */
    {135, "2.5"}, /* COMPLEX_ABS */
    {136, "2.5"}, /* HASHTABLE */
    {137, "2.5"}, /* HASHTABLE_FIND */
    {138, "2.5"}, /* HASHTABLE_IMPORT */
    {139, "2.5"}, /* HASHTABLE_SIZE */
    {140, "2.6"}, /* REDUCE_ALL */
    {141, "2.6"}, /* CONV_3D_TRANSPOSE */
    {142, "2.6"}, /* VAR_HANDLE */
    {143, "2.6"}, /* READ_VARIABLE */
    {144, "2.6"}, /* ASSIGN_VARIABLE */
    {145, "2.6"}, /* BROADCAST_ARGS */
    {146, "2.8"}, /* RANDOM_STANDARD_NORMAL */
    {147, "2.8"}, /* BUCKETIZE */
    {148, "2.8"}, /* RANDOM_UNIFORM */
    {149, "2.8"}, /* MULTINOMIAL */
    {150, "2.9 2.9 2.23"}, /* GELU */
    {151, "2.9 2.17 2.19 2.20 2.21 2.22"}, /* DYNAMIC_UPDATE_SLICE */
    {152, "2.10"}, /* RELU_0_TO_1 */
    {153, "2.10"}, /* UNSORTED_SEGMENT_PROD */
    {154, "2.10"}, /* UNSORTED_SEGMENT_MAX */
    {155, "2.10"}, /* UNSORTED_SEGMENT_SUM */
    {156, "2.10"}, /* ATAN2 */
    {157, "2.11"}, /* UNSORTED_SEGMENT_MIN */
    {158, "2.11 2.12"}, /* SIGN */
    {159, "2.13"}, /* BITCAST */
    {160, "2.13"}, /* BITWISE_XOR */
    {161, "2.13"}, /* RIGHT_SHIFT */
    {163, "2.16"}, /* STABLEHLO_ADD */
    {165, "2.16"}, /* STABLEHLO_MULTIPLY */
    {166, "2.16"}, /* STABLEHLO_MAXIMUM */
    {176, "2.17"}, /* STABLEHLO_AND */
    {181, "2.16"}, /* STABLEHLO_MINIMUM */
    {190, "2.15"}, /* STABLEHLO_SCATTER */
    {195, "2.16"}, /* STABLEHLO_PAD */
    {198, "2.16"}, /* STABLEHLO_REDUCE_WINDOW */
    {201, "2.16"}, /* STABLEHLO_GATHER */
    {203, "2.15"}, /* DILATE */
    {204, "2.15"}, /* STABLEHLO_RNG_BIT_GENERATOR */
    {205, "2.15"}, /* REDUCE_WINDOW */
    {206, "2.17"}, /* STABLEHLO_COMPOSITE */
    {207, "2.17"}, /* STABLEHLO_SHIFT_LEFT */
    {208, "2.17"}, /* STABLEHLO_CBRT */
    {209, "2.17"}, /* STABLEHLO_CASE */
    /* clang-format on */
};

static int32_t number(const char **at) {
    int32_t value = 0;
    while (**at >= '0' && **at <= '9') value = value * 10 + (*(*at)++ - '0');
    if (**at == '.') ++*at;
    return value;
}

tuff_runtime tuff_runtime_of(int32_t code, int32_t version) {
    tuff_runtime r = {0, 0, 0};
    for (size_t k = 0; k < sizeof histories / sizeof *histories; k++) {
        if (histories[k].code != code) continue;
        const char *word = histories[k].releases;
        for (int32_t v = 1; word && v < version; v++) word = (word = strchr(word, ' ')) ? word + 1 : NULL;
        if (!word || version < 1) break;
        r.major = number(&word);
        r.minor = number(&word);
        r.patch = number(&word);
        break;
    }
    return r;
}

bool tuff_runtime_newer(tuff_runtime a, tuff_runtime b) {
    if (a.major != b.major) return a.major > b.major;
    return a.minor != b.minor ? a.minor > b.minor : a.patch > b.patch;
}

void tuff_runtime_print(tuff_runtime r, char text[TUFF_RUNTIME_TEXT]) {
    memset(text, 0, TUFF_RUNTIME_TEXT);
    snprintf(text, TUFF_RUNTIME_TEXT, "%d.%d.%d", (int)r.major, (int)r.minor, (int)r.patch);
}
