// SPDX-License-Identifier: MIT
// Linux's rt_sigframe for the x86-64 (arch/x86/include/uapi/asm/sigcontext.h and ucontext.h in its
// ABI). From the handler's stack pointer upwards:
//
//     struct rt_sigframe    begins with the return address: the restorer, which calls rt_sigreturn
//     up to 63 bytes        so that what follows is aligned as Linux aligns it
//     struct fpu_state      which `fpstate` points to
//     128 bytes             the red zone: the interrupted function may use it without moving rsp
//                           (System V ABI, x86-64 supplement, section 3.2.2)
#include "arch/sigframe.h"

#include <arch/context.h>
#include <arch/cpu.h>
#include <arch/layout.h>
#include <arch/trapframe.h>

#include "arch/x86_64/x86.h"
#include "base/string.h"
#include "errno.h"
#include "mm/usercopy.h"
#include "task/signal.h"

enum { RED_ZONE_BYTES = 128, FPU_ALIGNMENT = 64 };
enum { UC_SIGCONTEXT_SS = 2, UC_STRICT_RESTORE_SS = 4 }; // ss is stored, and would be restored

struct sigcontext {
    uint64_t r8, r9, r10, r11, r12, r13, r14, r15;
    uint64_t rdi, rsi, rbp, rbx, rdx, rax, rcx, rsp, rip, rflags;
    uint16_t cs, gs, fs, ss;
    uint64_t error, vector, old_mask, cr2;
    uintptr_t fpstate;
    uint64_t reserved[8];
};

struct rt_sigframe {
    uintptr_t return_address;
    uint64_t flags;
    uintptr_t link;
    struct sigstack altstack;
    struct sigcontext registers;
    sigset_t mask;
    union {
        struct siginfo info;
        uint8_t info_bytes[SIGINFO_BYTES];
    };
};
_Static_assert(sizeof(struct sigcontext) == 256 && sizeof(struct rt_sigframe) == 440, "Linux's");

#define MXCSR_DEFAULT 0x1f80u
static const struct fpu_state fresh_fpu = {.control = 0x37f, .mxcsr = MXCSR_DEFAULT};

static void fpu_save(struct fpu_state *fpu) {
    __asm__ volatile("fxsave64 %0" : "=m"(*fpu));
}

static void fpu_load(const struct fpu_state *fpu) {
    __asm__ volatile("fxrstor64 %0" : : "m"(*fpu));
}

// Status and control bits lie alike in both units: Intel SDM volume 1, sections 8.1.3 and 10.2.3.
int fpu_error_code(bool vector_unit) {
    static const int codes[] = {FPE_FLTINV, FPE_FLTUND, FPE_FLTDIV,
                                FPE_FLTOVF, FPE_FLTUND, FPE_FLTRES};
    struct fpu_state fpu;
    fpu_save(&fpu);
    unsigned raised = vector_unit ? fpu.mxcsr & ~(fpu.mxcsr >> 7) : fpu.status & ~fpu.control;
    for (unsigned i = 0; i < sizeof codes / sizeof codes[0]; i++) {
        // A division by zero and an overflow count before an operand that is not normal.
        static const unsigned order[] = {0, 2, 3, 1, 4, 5};
        if (raised & (1u << order[i])) {
            return codes[order[i]];
        }
    }
    return 0;
}

// What user mode may set in rflags: the arithmetic flags, and TF, DF, RF, AC.
#define RFLAGS_USER 0x50dd5UL
#define RFLAGS_TF (1UL << 8)
#define RFLAGS_DF (1UL << 10)
#define RFLAGS_RF (1UL << 16)

// Every register that both structures have.
#define COPY_REGISTERS(to, from)       \
    do {                               \
        (to)->r8 = (from)->r8;         \
        (to)->r9 = (from)->r9;         \
        (to)->r10 = (from)->r10;       \
        (to)->r11 = (from)->r11;       \
        (to)->r12 = (from)->r12;       \
        (to)->r13 = (from)->r13;       \
        (to)->r14 = (from)->r14;       \
        (to)->r15 = (from)->r15;       \
        (to)->rdi = (from)->rdi;       \
        (to)->rsi = (from)->rsi;       \
        (to)->rbp = (from)->rbp;       \
        (to)->rbx = (from)->rbx;       \
        (to)->rdx = (from)->rdx;       \
        (to)->rax = (from)->rax;       \
        (to)->rcx = (from)->rcx;       \
        (to)->rsp = (from)->rsp;       \
        (to)->rip = (from)->rip;       \
        (to)->rflags = (from)->rflags; \
    } while (0)

static void store_registers(struct sigcontext *to, const struct trapframe *tf) {
    COPY_REGISTERS(to, tf);
    to->cs = (uint16_t)tf->cs;
    to->ss = (uint16_t)tf->ss;
}

// The segments are not the program's to choose; its other registers are, within bounds.
static void load_registers(struct trapframe *tf, const struct sigcontext *from) {
    COPY_REGISTERS(tf, from);
    tf->rflags = (from->rflags & RFLAGS_USER) | RFLAGS_IF;
    tf->cs = SEL_USER_CODE;
    tf->ss = SEL_USER_DATA;
    tf->vector = TRAP_RETURN;
}

// `iretq` to an address that is not canonical would fault in kernel mode.
static bool is_canonical(uint64_t address) {
    return (uint64_t)((int64_t)(address << 16) >> 16) == address;
}

// Where the frame begins; *fpu_at: where the floating-point state does. 0 if the alternate stack,
// in use already, is too small.
static uintptr_t place(const struct trapframe *tf, const struct sigframe *frame,
                       uintptr_t *fpu_at) {
    const struct sigstack *alt = &frame->altstack;
    bool on_alt = signal_on_altstack(alt, tf->rsp);
    uintptr_t sp = tf->rsp - RED_ZONE_BYTES;
    if ((frame->action->flags & SA_ONSTACK) && (alt->flags & SS_DISABLE) == 0 && !on_alt) {
        sp = alt->start + alt->bytes;
        on_alt = true;
    }
    *fpu_at = (sp - sizeof(struct fpu_state)) & ~(uintptr_t)(FPU_ALIGNMENT - 1);
    sp = ((*fpu_at - sizeof(struct rt_sigframe)) & ~15UL) - 8; // as if by a call
    bool fits = sp > alt->start && sp - alt->start <= alt->bytes;
    return on_alt && !fits ? 0 : sp;
}

int sigframe_push(struct trapframe *tf, const struct sigframe *frame) {
    struct fpu_state fpu;
    uintptr_t fpu_at;
    uintptr_t sp = place(tf, frame, &fpu_at);
    if (sp == 0 || (frame->action->flags & SA_RESTORER) == 0 ||
        !is_canonical(frame->action->handler)) {
        return -EFAULT;
    }
    struct rt_sigframe user;
    memset(&user, 0, sizeof user);
    user.return_address = frame->action->restorer;
    user.flags = UC_SIGCONTEXT_SS | UC_STRICT_RESTORE_SS;
    user.altstack = frame->altstack;
    user.mask = frame->mask;
    user.info = *frame->info;
    store_registers(&user.registers, tf);
    user.registers.old_mask = frame->mask;
    user.registers.fpstate = fpu_at;
    if (tf->vector < VECTOR_EXCEPTIONS) {
        user.registers.vector = tf->vector;
        user.registers.error = tf->error;
    }
    if (tf->vector == VECTOR_PF) {
        user.registers.cr2 = frame->info->address;
        // Whether an address of the kernel's is mapped is not the program's business.
        user.registers.error |= user.registers.cr2 >= USER_TOP ? PF_PRESENT : 0;
    }
    memset(&fpu, 0, sizeof fpu); // the processor leaves the end of it alone
    fpu_save(&fpu);
    if (copy_to_user(fpu_at, &fpu, sizeof fpu) < 0 || copy_to_user(sp, &user, sizeof user) < 0) {
        return -EFAULT;
    }
    fpu_load(&fresh_fpu);
    tf->rdi = (uint64_t)frame->info->signal;
    tf->rsi = sp + offsetof(struct rt_sigframe, info);
    tf->rdx = sp + offsetof(struct rt_sigframe, flags);
    tf->rax = 0; // no vector registers hold arguments
    tf->rsp = sp;
    tf->rip = frame->action->handler;
    tf->rflags &= ~(RFLAGS_DF | RFLAGS_TF | RFLAGS_RF);
    tf->vector = TRAP_RETURN;
    return 0;
}

// `fxrstor` faults if mxcsr has a bit that the processor does not know; it says which it knows.
static bool mxcsr_ok(uint32_t mxcsr) {
    struct fpu_state now;
    fpu_save(&now);
    uint32_t known = now.mxcsr_mask != 0 ? now.mxcsr_mask : 0xffbf;
    return (mxcsr & ~known) == 0;
}

int sigframe_pop(struct trapframe *tf, sigset_t *mask, struct sigstack *altstack) {
    struct rt_sigframe user;
    struct fpu_state fpu = fresh_fpu;
    uintptr_t sp = tf->rsp - sizeof user.return_address; // which the handler's `ret` has taken
    if (copy_from_user(&user, sp, sizeof user) < 0) {
        return -EFAULT;
    }
    *mask = user.mask;
    uintptr_t fpu_at = user.registers.fpstate;
    bool fpu_ok =
        fpu_at == 0 || (copy_from_user(&fpu, fpu_at, sizeof fpu) == 0 && mxcsr_ok(fpu.mxcsr));
    if (!fpu_ok || !is_canonical(user.registers.rip)) {
        return -EFAULT;
    }
    fpu_load(&fpu);
    load_registers(tf, &user.registers);
    *altstack = user.altstack;
    return 0;
}
