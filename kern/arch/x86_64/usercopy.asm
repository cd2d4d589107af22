; SPDX-License-Identifier: MIT
; size_t arch_copy_user(void *to, const void *from, size_t bytes)
;
; Between stac and clac the kernel may touch user memory. Only the two marked instructions may
; fault there: the exception table pairs each with the place to go on at. `rep` keeps its registers
; exact when it is interrupted by a fault, so that rcx always says what is left.

global arch_copy_user

section .text
bits 64
arch_copy_user:
    stac
    mov rcx, rdx
    shr rcx, 3
.words:
    rep movsq
    mov ecx, edx
    and ecx, 7
.bytes:
    rep movsb
.done:
    mov rax, rcx
    clac
    ret
; A fault among the words: go on byte by byte, to copy all that can be copied.
.words_fault:
    and edx, 7
    lea rcx, [rcx * 8 + rdx]
    jmp .bytes

section .extable progbits alloc noexec nowrite align=8
    dq arch_copy_user.words, arch_copy_user.words_fault
    dq arch_copy_user.bytes, arch_copy_user.done
