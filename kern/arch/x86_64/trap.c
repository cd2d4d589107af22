// SPDX-License-Identifier: MIT
// Exceptions and interrupts: finds out what happened, and hands it to neutral code.
#include <arch/cpu.h>
#include <arch/layout.h>
#include <arch/trapframe.h>

#include "arch/machine.h"
#include "arch/x86_64/x86.h"
#include "kernel.h"
#include "mm/fault.h"
#include "mm/kstack.h"
#include "task/signal.h"
#include "task/task.h"
#include "timer.h"
#include "witness/stale.h"
#include "witness/trace.h"

struct extable_entry {
    uintptr_t faulting;
    uintptr_t fixup;
};
extern const struct extable_entry extable_start[];
extern const struct extable_entry extable_end[];

static uintptr_t extable_find(uintptr_t pc) {
    for (const struct extable_entry *e = extable_start; e < extable_end; e++) {
        if (e->faulting == pc) {
            return e->fixup;
        }
    }
    return 0;
}

// What an exception is called, and what Linux sends for it in user mode: the signal, its code, and
// whether the address is that of the instruction.
static const struct exception {
    const char *name;
    int signal;
    int code;
    bool at_pc;
} exceptions[VECTOR_EXCEPTIONS] = {
    [0] = {"divide error", SIGFPE, FPE_INTDIV, true},
    [1] = {"debug exception", SIGTRAP, TRAP_TRACE, true},
    [2] = {"non-maskable interrupt", 0, 0, false},
    [3] = {"breakpoint", SIGTRAP, SI_KERNEL, false},
    [4] = {"overflow", SIGSEGV, SI_KERNEL, false},
    [5] = {"bound range exceeded", SIGSEGV, SI_KERNEL, false},
    [6] = {"invalid opcode", SIGILL, ILL_ILLOPN, true},
    [7] = {"device not available", SIGSEGV, SI_KERNEL, false},
    [8] = {"double fault", 0, 0, false},
    [10] = {"invalid TSS", SIGSEGV, SI_KERNEL, false},
    [11] = {"segment not present", SIGBUS, SI_KERNEL, false},
    [12] = {"stack-segment fault", SIGBUS, SI_KERNEL, false},
    [13] = {"general protection fault", SIGSEGV, SI_KERNEL, false},
    [14] = {"page fault", 0, 0, false},
    [16] = {"x87 floating-point error", SIGFPE, 0, true},
    [17] = {"alignment check", SIGBUS, BUS_ADRALN, false},
    [18] = {"machine check", 0, 0, false},
    [19] = {"SIMD floating-point error", SIGFPE, 0, true},
    [21] = {"control protection exception", SIGSEGV, SI_KERNEL, false},
};

static const char *exception_name(uint64_t vector) {
    const char *name = exceptions[vector].name;
    return name != NULL ? name : "reserved exception";
}

static enum access access_of(uint64_t error) {
    if (error & PF_FETCH) {
        return ACCESS_EXEC;
    }
    return error & PF_WRITE ? ACCESS_WRITE : ACCESS_READ;
}

static __attribute__((noinline)) _Noreturn void kernel_page_fault(struct trapframe *tf,
                                                                  uintptr_t address) {
    const char *verb = access_name(access_of(tf->error));
    if (address < PAGE_SIZE) {
        panic_at(tf, "page fault in the kernel: %s at 0x%lx, a NULL pointer plus %lu", verb,
                 address, address);
    }
    if (address < USER_TOP) {
        panic_at(tf, "page fault in the kernel: %s at user address 0x%lx outside a user copy", verb,
                 address);
    }
    if ((int64_t)address > -(int64_t)PAGE_SIZE) {
        panic_at(tf,
                 "page fault in the kernel: %s at 0x%lx, which is -%lu: an error number "
                 "used as a pointer?",
                 verb, address, -address);
    }
    panic_at(tf, "page fault in the kernel: %s at 0x%lx, which is %s", verb, address,
             tf->error & PF_PRESENT ? "mapped, but not for this" : "not mapped");
}

static bool fault_handled(uintptr_t address, enum fault_result result) {
    struct mm *mm = current->mm;
    mutex_lock(&mm->lock);
    bool mapped = address < USER_TOP && mm_find_vma(mm, address) != NULL;
    mutex_unlock(&mm->lock);
    struct siginfo info = {.signal = SIGSEGV, .code = mapped ? SEGV_ACCERR : SEGV_MAPERR};
    if (result == FAULT_BUS) {
        info.signal = SIGBUS;
        info.code = BUS_ADRERR;
    }
    info.address = address;
    return signal_force(&info);
}

// An instruction that faults again with the same registers has not got any further. Somebody else
// may undo what was done for it, but not for ever.
static void expect_progress(const struct trapframe *tf, uintptr_t address) {
    enum { FAULTS_LIMIT = 1000 };
    struct task *task = current;
    const uint64_t *words = (const uint64_t *)tf;
    uint64_t hash = address;
    for (size_t i = 0; i < sizeof *tf / sizeof *words; i++) {
        hash = hash * 31 + words[i];
    }
    task->same_faults = hash == task->last_fault ? task->same_faults + 1 : 0;
    task->last_fault = hash;
    if (task->same_faults == FAULTS_LIMIT) {
        panic_at(tf,
                 "a %s at 0x%lx has faulted %d times at the same instruction: it was said to be "
                 "resolved, and the entry still forbids it",
                 access_name(access_of(tf->error)), address, FAULTS_LIMIT);
    }
}

// Tells whoever caused a fault that there is nothing to be done about it. `fixup` is where a user
// copy goes on then.
static __attribute__((noinline)) void fault_failed(struct trapframe *tf, uintptr_t address,
                                                   enum fault_result result, uintptr_t fixup) {
    enum access access = access_of(tf->error);
    if (fixup != 0) {
        if (result == FAULT_OOM) {
            task_out_of_memory(access_name(access), address);
        }
        tf->rip = fixup;
    } else if (result == FAULT_OOM) {
        task_kill(SIGKILL, "out of memory: a %s at 0x%lx needed a frame and there is none",
                  access_name(access), address);
    } else if (!fault_handled(address, result)) {
        task_kill(result == FAULT_BUS ? SIGBUS : SIGSEGV,
                  "%s at 0x%lx by the instruction at 0x%lx: %s", access_name(access), address,
                  tf->rip, mm_why(current->mm, address, access));
    }
}

// Not part of its caller: whoever stops here in GDB can say `finish`.
static __attribute__((noinline)) void page_fault(struct trapframe *tf) {
    uintptr_t address = READ_CR(2);
    bool from_user = trapframe_from_user(tf);
    uintptr_t fixup = from_user ? 0 : extable_find(tf->rip);
    trace(TRACE_TRAP, tf->vector, tf->error, tf->rip, address, 0);
    if (tf->rflags & RFLAGS_IF) {
        irq_enable();
    }
    if (!from_user && (fixup == 0 || address >= USER_TOP)) {
        kernel_page_fault(tf, address);
    }
    enum fault_result result = FAULT_SEGV;
    if (address < USER_TOP) {
        result = mm_fault(current->mm, address, access_of(tf->error));
    }
    if (result != FAULT_HANDLED) {
        fault_failed(tf, address, result, fixup);
    } else if (CHECKS) {
        expect_progress(tf, address);
    }
}

// A push onto a full stack faults, and storing that fault's frame faults again.
static _Noreturn void double_fault(struct trapframe *tf) {
    uintptr_t address = READ_CR(2);
    if (kstack_is_guard(address)) {
        panic_at(tf, "kernel stack overflow: the stack has grown into its guard page at 0x%lx",
                 address);
    }
    panic_at(tf, "double fault");
}

static __attribute__((noinline)) void user_exception(const struct trapframe *tf) {
    const struct exception *e = &exceptions[tf->vector];
    struct siginfo info = {.signal = e->signal != 0 ? e->signal : SIGSEGV, .code = e->code};
    info.address = e->at_pc ? tf->rip : 0;
    if (tf->vector == VECTOR_MF || tf->vector == VECTOR_XM) {
        info.code = fpu_error_code(tf->vector == VECTOR_XM);
    }
    if (!signal_force(&info)) {
        task_kill(info.signal, "%s at 0x%lx", exception_name(tf->vector), tf->rip);
    }
}

static void exception(struct trapframe *tf) {
    if (tf->vector == VECTOR_PF) {
        page_fault(tf);
        return;
    }
    trace(TRACE_TRAP, tf->vector, tf->error, tf->rip, 0, 0);
    if (tf->vector == VECTOR_NMI) {
        watchdog_bite(tf);
    } else if (tf->vector == VECTOR_DF) {
        double_fault(tf);
    } else if (!trapframe_from_user(tf) || tf->vector == VECTOR_MC) {
        panic_at(tf, "%s in the kernel, error code 0x%lx", exception_name(tf->vector), tf->error);
    } else {
        irq_enable();
        user_exception(tf);
    }
}

void trap_dispatch(struct trapframe *tf);

// Called by entry.asm with interrupts off.
void trap_dispatch(struct trapframe *tf) {
    if (tf->vector < VECTOR_EXCEPTIONS) {
        exception(tf);
    } else if (tf->vector == VECTOR_TIMER) {
        lapic_acknowledge();
        timer_tick(tf);
    } else if (tf->vector == VECTOR_KICK) {
        lapic_acknowledge();
    } else if (tf->vector == VECTOR_FLUSH) {
        lapic_acknowledge();
        flush_serve();
    } else if (tf->vector < VECTOR_UNUSED) {
        panic_at(tf, "an interrupt nobody asked for: vector %lu", tf->vector);
    }
    // An emergency stack is no place to leave a task from.
    if (CHECKS && trapframe_from_user(tf) && tf->vector == VECTOR_PF) {
        stale_check_return();
    }
    if (trapframe_from_user(tf) && user_return_pending() && tf->vector != VECTOR_NMI &&
        tf->vector != VECTOR_MC) {
        irq_enable();
        user_return_work(tf);
    }
}

void trapframe_print(const struct trapframe *tf) {
    printk("  rip %016lx  rsp %016lx  rflags %06lx  %s mode\n", tf->rip, tf->rsp, tf->rflags,
           trapframe_from_user(tf) ? "user" : "kernel");
    printk("  rax %016lx  rbx %016lx  rcx %016lx  rdx %016lx\n", tf->rax, tf->rbx, tf->rcx,
           tf->rdx);
    printk("  rsi %016lx  rdi %016lx  rbp %016lx  r8  %016lx\n", tf->rsi, tf->rdi, tf->rbp, tf->r8);
    printk("  r9  %016lx  r10 %016lx  r11 %016lx  r12 %016lx\n", tf->r9, tf->r10, tf->r11, tf->r12);
    printk("  r13 %016lx  r14 %016lx  r15 %016lx  cr2 %016lx  cr3 %016lx\n", tf->r13, tf->r14,
           tf->r15, READ_CR(2), READ_CR(3));
}

// A frame starts with the caller's rbp and the return address. The chain ends with 0, or at
// anything that is not a kernel stack or does not go upwards.
unsigned backtrace(uintptr_t frame, uintptr_t *pc, unsigned limit) {
    unsigned found = 0;
    while (found < limit && frame != 0 && frame % 8 == 0 && kstack_contains(frame)) {
        const uintptr_t *words = (const uintptr_t *)frame;
        if (words[1] == 0) {
            break;
        }
        pc[found++] = words[1];
        if (words[0] <= frame) {
            break;
        }
        frame = words[0];
    }
    return found;
}

uintptr_t trapframe_stack_frame(const struct trapframe *tf) {
    return trapframe_from_user(tf) ? 0 : tf->rbp;
}
