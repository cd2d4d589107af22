; SPDX-License-Identifier: MIT
; What makes a small program a large one: a mebibyte that it never touches, as most of a large one is.
section .text
times 1 << 20 nop
section .note.GNU-stack noalloc noexec nowrite progbits
