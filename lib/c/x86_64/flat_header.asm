; SPDX-License-Identifier: MIT
; The header of a flat image (kern/task/flat.h); the linker knows the numbers.

extern _start
extern flat_base
extern flat_rodata_start
extern flat_data_start
extern flat_data_end
extern flat_bss_end

section .flat_header progbits alloc noexec nowrite align=8
    db "TINEFLAT"
    dq flat_base
    dq _start
    dq flat_rodata_start
    dq flat_data_start
    dq flat_data_end
    dq flat_bss_end
