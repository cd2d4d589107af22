// SPDX-License-Identifier: MIT
// What the kernel needs of any machine. Each architecture implements this header out of line;
// what must be inline is in its <arch/...> headers: layout, pte, trapframe, cpu.
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "mm/frame.h"

struct cpu;
struct trapframe;

// ---- Boot: what the loader told us -----------------------------------------------------------

struct memory_range {
    uint64_t start; // physical addresses
    uint64_t end;
};

enum { BOOT_RANGES = 32, COMMAND_LINE_BYTES = 1024 };

struct boot_info {
    struct memory_range ram[BOOT_RANGES]; // usable memory, sorted, page-aligned
    unsigned ram_ranges;
    struct memory_range initrd; // empty (start == end) if there is none
    char command_line[COMMAND_LINE_BYTES];
    uint64_t entry_cycles; // cycle_count() at the kernel's first instructions
};

extern struct boot_info boot_info;

// ---- Set-up: the first two by the architecture itself, the others by kernel_main --------------

// Puts the serial ports into a known state.
void serial_setup(void);

// Descriptor tables, control registers, system-call entry of the boot processor. Ends the
// machine with a `setup:` line if the processor lacks something Tine needs.
void cpu_setup(void);

// The kernel's own page table: the direct map, the image with W^X, and every top-level entry of
// the kernel half. Takes the frames it needs with frame_alloc_early.
void kernel_map_setup(void);

// Gives a processor emergency stacks with guard pages. Needs kstack_alloc.
void cpu_setup_emergency_stacks(struct cpu *cpu);

// Starts the other processors, one by one. Each calls `function`, which never returns, on a stack
// of its own with interrupts off. Ends the machine if there are more than MAX_CPUS.
void cpus_start(void (*function)(void));

// Starts the timer interrupt, TIMER_HZ times a second.
void timer_setup(void);
enum { TIMER_HZ = 100 };

// Starts the non-maskable watchdog; it calls watchdog_bite() from then on, whatever the state of
// the interrupt flag.
void watchdog_setup(void);

// Tells the watchdog that its bite was felt, or it would bite again at every chance.
void watchdog_acknowledge(void);

// Goes on with `function` on another, empty stack that ends at `top`.
_Noreturn void stack_switch(uintptr_t top, void (*function)(void));

// Cycles in a second, as measured by timer_setup.
uint64_t cycles_per_second(void);

// ---- Console ---------------------------------------------------------------------------------

bool serial_is_there(void);     // the first port
void serial_put(char c);        // without a port: debugcon_put
int serial_get(void);           // the next byte received, or -1
void serial_mirror_put(char c); // second port: the trace in text
void debugcon_put(char c);      // the emulator's own console, for when nothing else works

// ---- The end ---------------------------------------------------------------------------------

// Exit status for the emulator: it leaves with (code << 1) | 1.
enum machine_exit {
    EXIT_PASS = 16,
    EXIT_FAIL = 17,
    EXIT_PANIC = 18,
    EXIT_MISSING = 19,
    EXIT_HANG = 20,
    EXIT_AUDIT = 21,
    EXIT_SETUP = 22,
};
_Noreturn void machine_exit(enum machine_exit code);

// Holds the machine where it is until whoever watches from outside, if anybody, has looked at it.
void machine_pause(void);

// ---- Other processors ------------------------------------------------------------------------

// Interrupts `cpu`: if it is in user mode or idle, it looks at its need_resched.
void cpu_kick(struct cpu *cpu);

// Sends every other processor what the watchdog sends this one, whatever the state of its interrupt
// flag.
void cpu_nudge_others(void);

// ---- User mode -------------------------------------------------------------------------------

// Tells the processor where the current task's kernel stack ends.
void cpu_set_kernel_stack(uintptr_t top);

// Copies between kernel and user memory, either way; touches nothing but the two buffers.
// Returns the number of bytes *not* copied: 0 if all went well. A fault on the user side that
// mm_fault cannot resolve ends the copy there.
size_t arch_copy_user(void *to, const void *from, size_t bytes);

// Base of thread-local storage of the current task (FS on the x86-64).
void tls_set(uintptr_t base);
uintptr_t tls_get(void);

// ---- Whole frames ----------------------------------------------------------------------------

void frame_clear(struct frame *frame);
void frame_copy(struct frame *to, const struct frame *from);

// ---- Looking back ----------------------------------------------------------------------------

// Fills pc[] with the return addresses above the stack frame at `frame` (as from
// __builtin_frame_address(0)), innermost first. Returns how many were found.
unsigned backtrace(uintptr_t frame, uintptr_t *pc, unsigned limit);

// The stack frame of the kernel function that was interrupted; 0 for user mode.
uintptr_t trapframe_stack_frame(const struct trapframe *tf);

// Prints the registers in `tf` as kernel lines.
void trapframe_print(const struct trapframe *tf);

// Makes the processor give up (on the x86: a triple fault). For testing what watches the machine.
_Noreturn void machine_reset_by_fault(void);
