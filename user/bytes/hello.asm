; SPDX-License-Identifier: MIT
; hello: an executable file written by hand, the one that handouts/3-exec.md takes apart. Its bytes do not depend
; on any compiler or linker: `nasm -f bin` is enough.
;
; It says hello, and then exits with the sum of two words that nobody has ever stored to: 0, unless whoever
; loaded it forgot to clear them. One lies in the page where the file's bytes end, the other one in the next.

bits 64
BASE equ 0x400000
DATA equ 0x401000 ; data has a page of its own in memory, though not in the file
org BASE

elf_header:
    db 0x7f, "ELF", 2, 1, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0 ; 64 bits, little-endian, version 1
    dw 2                                               ; ET_EXEC
    dw 62                                              ; EM_X86_64
    dd 1                                               ; EV_CURRENT
    dq start
    dq program_headers - BASE
    dq 0 ; no sections
    dd 0
    dw program_headers - elf_header
    dw 56 ; bytes in a program header
    dw 3
    dw 0, 0, 0

program_headers:
    dd 1, 4 | 1 ; PT_LOAD, to be read and executed: the file up to the end of the code
    dq 0, BASE, 0
    dq code_end - BASE, code_end - BASE
    dq 0x1000

    dd 1, 4 | 2 ; PT_LOAD, to be read and written
    dq data - BASE, DATA + (data - BASE), 0
    dq data_end - data, memory_end - data_in_memory
    dq 0x1000

    dd 0x6474e551, 4 | 2 ; PT_GNU_STACK: nothing is executed there
    dq 0, 0, 0, 0, 0
    dq 16

start:
    mov eax, 1 ; write(1, data, 6)
    mov edi, 1
    mov esi, data_in_memory
    mov edx, data_end - data
    syscall
    mov edi, [abs word_in_page]
    add edi, [abs word_behind]
    mov eax, 60 ; exit
    syscall
code_end:

    align 8, db 0
data:
    db "hello", 10
data_end:
    db "not mine, yet in my page", 10 ; of the file, in no segment

data_in_memory equ DATA + (data - BASE)
word_in_page equ data_in_memory + 8
word_behind equ DATA + 0x1000
memory_end equ word_behind + 8
