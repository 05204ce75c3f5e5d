/* Processors to compile for, and boards that have them.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "kit/codegen/codegen.h"

#include <string.h>

static const tuff_code_target targets[] = {
    {"host", "cc", "", "size", "qemu-m4 qemu-m55"},
    {"cortex-m0", "arm-none-eabi-gcc", "-mcpu=cortex-m0 -mthumb -DTUFF_NO_DOUBLE", "arm-none-eabi-size", "qemu-m0"},
    {"cortex-m4", "arm-none-eabi-gcc", "-mcpu=cortex-m4 -mthumb -mfloat-abi=hard -DTUFF_NO_DOUBLE", "arm-none-eabi-size", "qemu-m4"},
    {"cortex-m55", "arm-none-eabi-gcc", "-mcpu=cortex-m55 -mthumb -mfloat-abi=hard", "arm-none-eabi-size", "qemu-m55"},
    {"riscv32", "riscv64-unknown-elf-gcc", "-march=rv32imac -mabi=ilp32 --specs=picolibc.specs -DTUFF_NO_DOUBLE", "riscv64-unknown-elf-size", ""},
};
enum { TARGETS = sizeof targets / sizeof *targets };

const tuff_code_target *tuff_code_target_find(const char *name) {
    for (size_t k = 0; k < TARGETS; k++)
        if (strcmp(targets[k].name, name) == 0) return &targets[k];
    return NULL;
}

const char *tuff_compile_target(int32_t k) { return k >= 0 && k < TARGETS ? targets[k].name : NULL; }

/* Flash and RAM as the makers state them: of the microcontroller's datasheet, or of the board's product page where that adds memory. */
static const tuff_board boards[] = {
    {"BBC micro:bit v1", "nRF51822", "cortex-m0", 256 << 10, 16 << 10},         /* nRF51822 product specification */
    {"Arduino Zero", "SAMD21G18", "cortex-m0", 256 << 10, 32 << 10},            /* SAM D21 family datasheet */
    {"Raspberry Pi Pico", "RP2040", "cortex-m0", 2 << 20, 264 << 10},           /* RP2040 datasheet; the board has 2 MB of flash */
    {"BBC micro:bit v2", "nRF52833", "cortex-m4", 512 << 10, 128 << 10},        /* nRF52833 product specification */
    {"Arduino Nano 33 BLE", "nRF52840", "cortex-m4", 1 << 20, 256 << 10},       /* nRF52840 product specification */
    {"Nucleo-L432KC", "STM32L432KC", "cortex-m4", 256 << 10, 64 << 10},         /* STM32L432 datasheet DS11451 */
    {"Nucleo-L4R5ZI", "STM32L4R5ZI", "cortex-m4", 2 << 20, 640 << 10},          /* STM32L4R5 datasheet DS12023 */
    {"Black Pill F411", "STM32F411CE", "cortex-m4", 512 << 10, 128 << 10},      /* STM32F411 datasheet DS10314 */
    {"Teensy 3.2", "MK20DX256", "cortex-m4", 256 << 10, 64 << 10},              /* Kinetis K20 sub-family datasheet */
    {"Nucleo-N657X0-Q", "STM32N657X0", "cortex-m55", 64 << 20, 4300800},        /* STM32N6 datasheet: 4.2 MB; flash on the board: 64 MB */
    {"Grove Vision AI V2", "WiseEye2 HX6538", "cortex-m55", 16 << 20, 2516582}, /* product page: 16 MB, 2.4 MB */
    {"ESP32-C3-DevKitM-1", "ESP32-C3", "riscv32", 4 << 20, 400 << 10},          /* ESP32-C3 datasheet; 4 MB in the module */
    {"Longan Nano", "GD32VF103CB", "riscv32", 128 << 10, 32 << 10},             /* GD32VF103 datasheet */
};

const tuff_board *tuff_board_at(int32_t k) { return k >= 0 && k < (int32_t)(sizeof boards / sizeof *boards) ? &boards[k] : NULL; }
