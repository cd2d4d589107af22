; SPDX-License-Identifier: MIT
; The first instructions of each processor: from 32-bit mode, or real mode, to the higher half.
;
; The loader enters by the PVH protocol (Xen's "x86/HVM direct boot ABI"): 32-bit protected mode,
; paging off, ebx = physical address of struct hvm_start_info. eax may hold anything.
;
; This file is linked at its physical address, because that is where it runs until paging is on.

%define LARGE_PAGE  0x83                ; present, writable, 2 MiB
%define TABLE       0x03                ; present, writable
%define EFER        0xc0000080
%define EFER_BITS   0x901               ; SCE, LME, NXE
%define CR4_PAE     0x20
%define CR0_PG_WP   0x80010000
%define CR0_PE      0x00000001
%define AP_START    0x8000              ; smp.c copies it there
; struct hvm_start_info and what it points to: offsets of fields (the higher halves are 0 below 4 GiB).
%define START_MODULE_COUNT 12
%define START_MODULES 16
%define START_MEMMAP 40
%define START_MEMMAP_ENTRIES 48
%define MODULE_START 0
%define MEMMAP_START 0
%define MEMMAP_BYTES 8
%define MEMMAP_ENTRY_BYTES 24
%define CPUID_LM_NX 0x20100000          ; leaf 0x80000001, edx

global pvh_start
extern kernel_start
extern ap_kernel_start
extern kernel_image_end_physical

section .boot.text progbits alloc exec nowrite align=16
bits 32
pvh_start:
    cli
    cld
    rdtsc
    mov edi, eax                        ; edi:ebp = when the kernel began
    mov ebp, edx
    mov esi, ebx                        ; cpuid destroys ebx

    ; With little memory the kernel's end is missing, or the loader has put the initial file system over
    ; it: only what is in the first pages, this, is sure to be there.
    mov edx, [esi + START_MEMMAP]
    mov ecx, [esi + START_MEMMAP_ENTRIES]
.look_for_ram:
    dec ecx
    js no_memory
    mov eax, [edx + MEMMAP_START]
    add eax, [edx + MEMMAP_BYTES]
    mov ebx, [edx + MEMMAP_START]
    add edx, MEMMAP_ENTRY_BYTES
    cmp ebx, pvh_start
    ja .look_for_ram
    cmp eax, kernel_image_end_physical
    jb .look_for_ram
    mov edx, [esi + START_MODULES]
    cmp dword [esi + START_MODULE_COUNT], 0
    je .enough_memory
    cmp dword [edx + MODULE_START], kernel_image_end_physical
    jb no_memory
.enough_memory:

    mov eax, 0x80000001
    cpuid
    and edx, CPUID_LM_NX
    cmp edx, CPUID_LM_NX
    jne no_long_mode

    ; One page directory maps the first GiB. It is entered three times: at 0 for the instructions
    ; of this file, in the direct map, and at the top for the kernel's image.
    mov eax, LARGE_PAGE
    xor ecx, ecx
.fill:
    mov [boot_pd + ecx * 8], eax
    add eax, 0x200000
    inc ecx
    cmp ecx, 512
    jb .fill
    mov dword [boot_pdpt_low], boot_pd + TABLE
    mov dword [boot_pdpt_high + 510 * 8], boot_pd + TABLE
    mov dword [boot_pml4], boot_pdpt_low + TABLE
    mov dword [boot_pml4 + 256 * 8], boot_pdpt_low + TABLE
    mov dword [boot_pml4 + 511 * 8], boot_pdpt_high + TABLE

    mov eax, boot_pml4
    mov cr3, eax
    mov eax, cr4
    or eax, CR4_PAE
    mov cr4, eax
    mov ecx, EFER
    rdmsr
    or eax, EFER_BITS
    wrmsr
    mov eax, cr0
    or eax, CR0_PG_WP
    mov cr0, eax
    lgdt [boot_gdtr]
    jmp 0x08:long_mode

; Nothing is set up that could print a text: say it on the first serial port, as it is, and on the emulator's
; own console, and end with the code of a set-up error.
no_memory:
    mov esi, no_memory_text
    mov ecx, no_memory_bytes
    jmp give_up
no_long_mode:
    mov esi, no_long_mode_text
    mov ecx, no_long_mode_bytes
give_up:
    lodsb
    mov dx, 0xe9
    out dx, al
    mov dx, 0x3f8
    out dx, al
    loop give_up
    mov dx, 0xf4
    mov eax, 22
    out dx, eax
.stop:
    hlt
    jmp .stop

; The other processors begin here, in real mode, in a copy of these bytes at AP_START. They go to 64-bit mode
; in one step, on the page tables above. ap_gdtr is a copy because nothing above 64 KiB can be read yet.
global ap_start
global ap_end
bits 16
ap_start:
    cli
    xor ax, ax
    mov ds, ax
    o32 lgdt [AP_START + ap_gdtr - ap_start]
    mov eax, boot_pml4
    mov cr3, eax
    mov eax, cr4
    or eax, CR4_PAE
    mov cr4, eax
    mov ecx, EFER
    rdmsr
    or eax, EFER_BITS
    wrmsr
    mov eax, CR0_PG_WP | CR0_PE         ; and caching on, which it was not after INIT
    mov cr0, eax
    jmp dword 0x08:ap_long_mode
ap_gdtr:
    dw boot_gdt_bytes - 1
    dd boot_gdt
ap_end:

bits 64
ap_long_mode:
    xor eax, eax
    mov ds, ax
    mov es, ax
    mov ss, ax
    mov fs, ax
    mov gs, ax
    mov rax, ap_kernel_start
    jmp rax

long_mode:
    xor eax, eax
    mov ds, ax
    mov es, ax
    mov ss, ax
    mov fs, ax
    mov gs, ax
    mov edi, edi                        ; clear the upper halves, which are undefined here
    mov ebp, ebp
    mov esi, esi
    shl rbp, 32
    or rdi, rbp
    mov rax, kernel_start
    jmp rax                             ; rdi = cycles at entry, rsi = start_info

section .boot.data progbits alloc noexec write align=4096
boot_pml4:      times 4096 db 0
boot_pdpt_low:  times 4096 db 0
boot_pdpt_high: times 4096 db 0
boot_pd:        times 4096 db 0
boot_gdt:
    dq 0
    dq 0x00af9a000000ffff               ; 64-bit code, ring 0
boot_gdt_bytes equ $ - boot_gdt
boot_gdtr:
    dw boot_gdt_bytes - 1
    dd boot_gdt
no_long_mode_text: db "setup: this processor has no 64-bit mode or no NX", 10
no_long_mode_bytes equ $ - no_long_mode_text
no_memory_text: db "setup: too little memory: the kernel and the initial file system do not fit; "
                db "give QEMU more with -m", 10
no_memory_bytes equ $ - no_memory_text
