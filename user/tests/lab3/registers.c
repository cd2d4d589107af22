// SPDX-License-Identifier: MIT
// At a program's first instruction all registers but rsp are zero, the floating-point state is as
// fresh as the program, and there is no thread-local storage: nothing of the old program is left
// there.
#include <sys/syscall.h>
#include <tine.h>

#include "made.h"

enum { ARCH_SET_FS_CODE = 0x1002 };

static uint8_t pattern[512] __attribute__((aligned(16)));

// execve with something in each register.
static void execute_with_registers(const char *path, char *const argv[], char *const envp[]) {
    uint64_t base;
    __asm__ volatile("rdfsbase %0" : "=r"(base));
    if (base == 0) {
        syscall(SYS_arch_prctl, (long)ARCH_SET_FS_CODE, pattern);
    }
    __asm__ volatile("fxsave %0" : "=m"(pattern));
    memset(pattern + 32, 0x5a, 384);         // st0 to st7, xmm0 to xmm15
    memcpy(pattern, "\x7f\x07", 2);          // the x87 rounds down
    memcpy(pattern + 24, "\x80\x7f\0\0", 4); // SSE towards zero
    long number = SYS_execve;
    __asm__ volatile("fxrstor %1\n\t"
                     "mov $0x1111, %%ebx\n\tmov $0x3333, %%r12d\n\tmov $0x4444, %%r13d\n\t"
                     "mov $0x5555, %%r14d\n\tmov $0x6666, %%r15d\n\tmov $0x7777, %%r8d\n\t"
                     "mov $0x8888, %%r9d\n\tmov $0x9999, %%r10d\n\t"
                     "push %%rbp\n\tmov $0x2222, %%ebp\n\tstd\n\t"
                     "syscall\n\t"
                     "cld\n\tpop %%rbp"
                     : "+a"(number)
                     : "m"(pattern), "D"(path), "S"(argv), "d"(envp)
                     : "rbx", "rcx", "r8", "r9", "r10", "r11", "r12", "r13", "r14", "r15",
                       "memory");
    _exit((int)(EXEC_FAILED - number));
}

static void show_registers(const struct report *report) {
    static const char *const names[] = {"rax", "rcx", "rdx", "rbx", "rbp", "rsi", "rdi", "r8",
                                        "r9",  "r10", "r11", "r12", "r13", "r14", "r15"};
    printf("not zero:");
    int found = 0;
    for (int i = 0; i < REPORT_REGISTERS; i++) {
        if (report->registers[i] != 0) {
            printf(" %s=0x%lx", names[i], (unsigned long)report->registers[i]);
            found++;
        }
    }
    puts(found > 0 ? "" : " nothing");
}

static void show_fpu(const struct report *report) {
    uint16_t control;
    uint32_t mxcsr;
    int left = 0;
    memcpy(&control, report->fpu, sizeof control);
    memcpy(&mxcsr, report->fpu + 24, sizeof mxcsr);
    for (int i = 32; i < 416; i++) {
        left += report->fpu[i] != 0;
    }
    printf("control words: 0x%x, 0x%x; bytes not zero in st0 to xmm15: %d\n", control, mxcsr, left);
}

int main(void) {
    static struct report report;
    int from;
    make_program("reporter", ET_EXEC, 0x10000000, NULL);
    reports_begin(&from);
    pid_t pid = fork();
    if (pid == 0) {
        execute_with_registers("reporter", WORDS("reporter"), ENOUGH_STACK);
    }
    close(REPORT_TO);
    printf("the program ended with %d\n", outcome(pid));
    if (!report_read(from, &report)) {
        puts("it has not told what it found");
        return 0;
    }
    show_registers(&report);
    printf("direction flag: %d\n", (report.flags & 0x400) != 0);
    show_fpu(&report);
    printf("FS: %s\n", report.fs == 0 ? "0" : "not 0");
    printf("first instruction: 0x%lx; rsp a multiple of 16: %s; argc: %lu\n",
           (unsigned long)report.start, report.sp % 16 == 0 ? "yes" : "no",
           (unsigned long)report.stack[0]);
    return 0;
}
