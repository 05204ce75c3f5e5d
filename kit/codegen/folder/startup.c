/* Cortex-M under QEMU: vectors, start, and semihosting for text and the exit code. SPDX-License-Identifier: Apache-2.0 */
#include <stdint.h>

extern uint32_t stack_top[], bss_begin[], bss_end[];
int main(void);
void reset(void);
void say(const char *text);

static uintptr_t semihosting(uintptr_t operation, const void *argument) {
    register uintptr_t r0 __asm__("r0") = operation;
    register const void *r1 __asm__("r1") = argument;
    __asm__ volatile("bkpt 0xab" : "+r"(r0) : "r"(r1) : "memory");
    return r0;
}

void say(const char *text) { semihosting(0x04, text); }

static void leave(uint32_t code) {
    const uint32_t block[2] = {0x20026, code};
    for (;;) semihosting(0x20, block);
}

static void fault(void) {
    say("fault\n");
    leave(3);
}

void reset(void) {
    for (uint32_t *p = bss_begin; p < bss_end; p++) *p = 0;
#if defined(__ARM_FP) || defined(__ARM_FEATURE_MVE)
    *(volatile uint32_t *)0xe000ed88 |= 0xfu << 20; /* CPACR: floating point and vectors on */
    __asm__ volatile("dsb\n\tisb" ::: "memory");
#endif
    leave((uint32_t)main());
}

typedef void handler(void);
__attribute__((section(".vectors"), used)) static handler *const vectors[16] = {(handler *)(uintptr_t)stack_top, reset, fault, fault, fault, fault, fault};
