// SPDX-License-Identifier: MIT
// The local APIC's timer (Intel SDM volume 3A, chapter 10), measured against the 8254 timer, and
// the 8254 as a watchdog that no `cli` can silence.
#include <arch/cpu.h>
#include <arch/layout.h>

#include "arch/machine.h"
#include "arch/x86_64/pagetable_internal.h"
#include "arch/x86_64/x86.h"
#include "kernel.h"

#define LAPIC_ADDRESS 0xfee00000UL

enum { // registers, byte offsets
    LAPIC_EOI = 0x0b0,
    LAPIC_SPURIOUS = 0x0f0,
    LAPIC_COMMAND_LOW = 0x300,
    LAPIC_COMMAND_HIGH = 0x310,
    LAPIC_LVT_TIMER = 0x320,
    LAPIC_LVT_LINT0 = 0x350,
    LAPIC_TIMER_INITIAL = 0x380,
    LAPIC_TIMER_CURRENT = 0x390,
    LAPIC_TIMER_DIVIDE = 0x3e0,
};

enum {
    LAPIC_ENABLE = 0x100,
    LVT_PERIODIC = 0x20000,
    LVT_MASKED = 0x10000,
    LVT_NMI = 0x400,
    COMMAND_ASSERT = 0x4000,
    COMMAND_PENDING = 0x1000,
    DIVIDE_BY_16 = 3,
};

// 8254 programmable interval timer and 8259 interrupt controllers.
enum { PIT_CHANNEL0 = 0x40, PIT_CHANNEL2 = 0x42, PIT_COMMAND = 0x43, PORT_B = 0x61 };
enum { PIC1_COMMAND = 0x20, PIC1_DATA = 0x21, PIC2_COMMAND = 0xa0, PIC2_DATA = 0xa1 };
enum { PIT_HZ = 1193182 };

// How long the measurement takes. Long enough for 1 % with the emulator's clocks, short enough
// not to be felt: under instruction counting each microsecond costs a thousand instructions.
enum { MEASURE_US = 100 };

static volatile uint32_t *lapic;
static uint64_t measured_cycles_per_second;
static uint32_t timer_steps; // of the LAPIC's timer, from one interrupt to the next

static uint32_t lapic_read(unsigned reg) {
    return lapic[reg / 4];
}

static void lapic_write(unsigned reg, uint32_t value) {
    lapic[reg / 4] = value;
}

void lapic_acknowledge(void) {
    lapic_write(LAPIC_EOI, 0);
}

void lapic_send(unsigned id, enum ipi kind, unsigned vector) {
    uint64_t flags = irq_save(); // an interrupt between the two halves might send one of its own
    while (lapic_read(LAPIC_COMMAND_LOW) & COMMAND_PENDING) {
        cpu_relax();
    }
    lapic_write(LAPIC_COMMAND_HIGH, id << 24);
    lapic_write(LAPIC_COMMAND_LOW, COMMAND_ASSERT | (uint32_t)kind | vector);
    irq_restore(flags);
}

// Counts LAPIC timer steps and processor cycles during MEASURE_US of 8254 time. Channel 2 runs
// once (mode 0); its output is bit 5 of port B.
static uint32_t measure_lapic_steps(void) {
    unsigned count = PIT_HZ / (1000000 / MEASURE_US);
    outb(PORT_B, (inb(PORT_B) & ~2u) | 1); // gate on, speaker off
    outb(PIT_COMMAND, 0xb0);               // channel 2, both bytes, mode 0
    outb(PIT_CHANNEL2, (uint8_t)count);
    outb(PIT_CHANNEL2, (uint8_t)(count >> 8));
    lapic_write(LAPIC_TIMER_INITIAL, UINT32_MAX);
    uint64_t start = cycle_count();
    while ((inb(PORT_B) & 0x20) == 0) {
    }
    uint32_t steps = UINT32_MAX - lapic_read(LAPIC_TIMER_CURRENT);
    measured_cycles_per_second = (cycle_count() - start) * (1000000 / MEASURE_US);
    return steps;
}

// The 8259s are not used, except by the watchdog; they wake up with vectors that would look like
// exceptions. Afterwards only the lines in `keep` get through, and need no acknowledgement.
static void pic_setup(uint8_t keep) {
    enum { INITIALISE = 0x11, AUTOMATIC_END = 0x03 };
    outb(PIC1_COMMAND, INITIALISE); // three more bytes follow
    outb(PIC1_DATA, VECTOR_UNUSED);
    outb(PIC1_DATA, 4); // the second one is on line 2
    outb(PIC1_DATA, AUTOMATIC_END);
    outb(PIC2_COMMAND, INITIALISE);
    outb(PIC2_DATA, VECTOR_UNUSED + 8);
    outb(PIC2_DATA, 2);
    outb(PIC2_DATA, AUTOMATIC_END);
    outb(PIC1_DATA, (uint8_t)~keep);
    outb(PIC2_DATA, 0xff);
}

void lapic_start(void) {
    lapic_write(LAPIC_SPURIOUS, LAPIC_ENABLE | VECTOR_SPURIOUS);
    lapic_write(LAPIC_LVT_LINT0, LVT_MASKED);
    lapic_write(LAPIC_LVT_TIMER, LVT_MASKED);
    lapic_write(LAPIC_TIMER_DIVIDE, DIVIDE_BY_16);
    if (timer_steps == 0) {
        timer_steps = measure_lapic_steps() * (1000000 / MEASURE_US) / TIMER_HZ;
    }
    lapic_write(LAPIC_LVT_TIMER, LVT_PERIODIC | VECTOR_TIMER);
    lapic_write(LAPIC_TIMER_INITIAL, timer_steps);
}

void timer_setup(void) {
    lapic = kernel_map_device(LAPIC_ADDRESS);
    pic_setup(0);
    lapic_start();
}

// Channel 0 of the 8254 at its slowest (every 55 ms) reaches the LAPIC's LINT0 pin through the
// 8259, and LINT0 makes it an NMI. Where interrupts are on, the processor may take it as an
// ordinary one from the 8259 as well; trap_dispatch ignores those.
void watchdog_setup(void) {
    pic_setup(1 << 0);
    outb(PIT_COMMAND, 0x34); // channel 0, both bytes, mode 2
    outb(PIT_CHANNEL0, 0);   // 0 means 65536
    outb(PIT_CHANNEL0, 0);
    lapic_write(LAPIC_LVT_LINT0, LVT_NMI);
}

// While its interrupt is pending, the 8259 offers it anew whenever any line changes. Polling takes
// it.
void watchdog_acknowledge(void) {
    enum { POLL = 0x0c };
    outb(PIC1_COMMAND, POLL);
    inb(PIC1_COMMAND);
}

uint64_t cycles_per_second(void) {
    return measured_cycles_per_second;
}
