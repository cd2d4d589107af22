; SPDX-License-Identifier: MIT
; From one task to another, inside the kernel.

%include "entry.inc"

global context_switch
global task_first_return
extern task_begin
extern return_to_user

section .text
bits 64

; void context_switch(uintptr_t *save_sp, uintptr_t load_sp)
; Everything else that a C function must preserve lies on the stack that is left behind.
context_switch:
    push rbx
    push rbp
    push r12
    push r13
    push r14
    push r15
    mov [rdi], rsp
    mov rsp, rsi
    pop r15
    pop r14
    pop r13
    pop r12
    pop rbp
    pop rbx
    ret

; Where a new task begins: its stack holds its trapframe and nothing else.
task_first_return:
    call task_begin
    jmp return_to_user
.end:
TRAPFRAME_UNWIND task_first_return, task_first_return.end
