; SPDX-License-Identifier: MIT
; Where a program begins: System V ABI, x86-64 supplement, section 3.4.1. rsp points to argc, argv,
; envp and the auxiliary vector; rbp marks the outermost stack frame.

global _start
extern libc_start

section .text.start progbits alloc exec nowrite
bits 64
_start:
    xor ebp, ebp
    mov rdi, rsp
    and rsp, -16
    call libc_start
    ud2
