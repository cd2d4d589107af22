; SPDX-License-Identifier: MIT
; Ways into the kernel and out of it.
;
; On entry the kernel trusts nothing that user mode can set: GS (user code may load it with
; wrgsbase), the direction flag, the alignment-check flag (it would open user memory to the kernel
; in spite of SMAP), and the stack pointer.

%include "entry.inc"

global kernel_start
global ap_kernel_start
global syscall_entry
global stack_switch
global return_to_user
global trap_stubs
global boot_stack_top
extern pvh_main
extern ap_main
extern ap_stack_top
extern kernel_pt                    ; its first field is the top level's address
extern syscall_dispatch
extern trap_dispatch

%macro PUSH_REGISTERS 0
    push rdi
    push rsi
    push rdx
    push rcx
    push rax
    push r8
    push r9
    push r10
    push r11
    push rbx
    push rbp
    push r12
    push r13
    push r14
    push r15
%endmacro

%macro POP_REGISTERS 0
    pop r15
    pop r14
    pop r13
    pop r12
    pop rbp
    pop rbx
    pop r11
    pop r10
    pop r9
    pop r8
    pop rax
    pop rcx
    pop rdx
    pop rsi
    pop rdi
%endmacro

section .text
bits 64

; From boot.asm: rdi = cycles at entry, rsi = struct hvm_start_info (physical).
kernel_start:
    mov rsp, boot_stack_top
    xor ebp, ebp                        ; the end of the chain of stack frames
    call pvh_main
    ud2

; The same for the other processors, one after the other: smp.c says on which stack, which only the kernel's
; own page table knows.
ap_kernel_start:
    mov rax, [kernel_pt]
    mov cr3, rax
    mov rsp, [ap_stack_top]
    xor ebp, ebp
    call ap_main
    ud2

; The `syscall` instruction: rcx = return address, r11 = flags, interrupts off (IA32_FMASK).
; Nothing has been stored yet, and rsp is the user's.
syscall_entry:
    swapgs
    mov [gs:CPU_USER_SP], rsp
    mov rsp, [gs:CPU_KERNEL_SP]
    push SEL_USER_DATA                  ; what an interrupt would have stored ...
    push qword [gs:CPU_USER_SP]
    push r11
    push SEL_USER_CODE
    push rcx
    push rax                            ; ... with the call's number as error code
    push TRAP_SYSCALL
    PUSH_REGISTERS
.stored:
    sti
    mov rdi, rsp
    xor ebp, ebp
    call syscall_dispatch
    cli
    ; Fall through: the stack holds the trapframe and nothing else.

; Goes back to user mode with the registers in the trapframe at rsp. Interrupts are off.
; `sysret` is quicker, but it restores neither rcx nor r11, and with a return address that is not
; canonical it faults in kernel mode on the user's stack; so it is for plain system calls only.
return_to_user:
    cmp qword [rsp + TF_VECTOR], TRAP_SYSCALL
    jne .by_iret
    mov rcx, [rsp + TF_RIP]
    shr rcx, 47
    jnz .by_iret
.load:
    POP_REGISTERS
    mov rcx, [rsp + TF_RIP - TF_VECTOR]
    mov r11, [rsp + TF_RFLAGS - TF_VECTOR]
    mov rsp, [rsp + TF_RSP - TF_VECTOR]
    swapgs
    o64 sysret
.by_iret:
    POP_REGISTERS
    add rsp, 16                         ; vector and error
    swapgs
    iretq

; _Noreturn void stack_switch(uintptr_t top, void (*function)(void))
stack_switch:
    mov rsp, rdi
    xor ebp, ebp
    call rsi
    ud2

; Exceptions and interrupts. The stack holds vector and error above what the processor stored.
trap_entry:
    PUSH_REGISTERS
.stored:
    cld
    clac
    test byte [rsp + TF_CS], 3
    jz .from_kernel
    swapgs
    mov rdi, rsp
    xor ebp, ebp
    call trap_dispatch
    cli
    jmp return_to_user
.from_kernel:
    mov rdi, rsp
    call trap_dispatch
    cli
.load:
    POP_REGISTERS
    add rsp, 16
    iretq

; Entries that have a stack of their own (IST): NMI, double fault, machine check. They can come
; at any instruction, also between two of the above where GS is not the kernel's yet, or no longer.
; So GS is found anew, from the descriptor table, which lies in struct cpu, and put back as it was.
emergency_entry:
    PUSH_REGISTERS
    cld
    clac
    rdgsbase rbx
    sub rsp, 16
    sgdt [rsp]
    mov rax, [rsp + 2]
    add rsp, 16
    sub rax, CPU_GDT
    wrgsbase rax
.stored:
    mov rdi, rsp
    call trap_dispatch
    wrgsbase rbx
.load:
    POP_REGISTERS
    add rsp, 16
    iretq

TRAPFRAME_UNWIND syscall_entry.stored, return_to_user.load
TRAPFRAME_UNWIND trap_entry.stored, trap_entry.load
TRAPFRAME_UNWIND emergency_entry.stored, emergency_entry.load

; One stub for each vector: stores what makes every trapframe alike, then joins the common path.
%assign vector 0
%rep 256
stub_%+vector:
    %if vector = 8 || (vector >= 10 && vector <= 14) || vector = 17 || vector = 21
    ; the processor has stored an error code
    %else
    push 0
    %endif
    push vector
    %if vector = 2 || vector = 8 || vector = 18
    jmp emergency_entry
    %else
    jmp trap_entry
    %endif
    %assign vector vector + 1
%endrep

section .rodata
align 8
trap_stubs:
%assign vector 0
%rep 256
    dq stub_%+vector
    %assign vector vector + 1
%endrep

section .bss
alignb 16
    resb 16384
boot_stack_top:
