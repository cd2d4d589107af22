; SPDX-License-Identifier: MIT
; The ELF note by which a loader recognises a PVH kernel: owner "Xen", type 18
; (XEN_ELFNOTE_PHYS32_ENTRY), contents the physical entry point. Aligned to 4, not 8: loaders read
; notes that way.

extern pvh_start

section .note.pvh progbits alloc noexec nowrite align=4
    dd 4                                ; bytes of the name
    dd 8                                ; bytes of the contents
    dd 18
    db "Xen", 0
    dq pvh_start
