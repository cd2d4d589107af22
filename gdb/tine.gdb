# SPDX-License-Identifier: MIT
# Loaded by `make gdb`. The machine is stopped before its first instruction.
set confirm off
set pagination off
set disassembly-flavor intel
set print pretty on

define entry
    set $entry_bits = *(unsigned long *) ($arg0)
    if $entry_bits == 0
        printf "empty\n"
    else
        printf "frame 0x%lx, ", ($entry_bits & 0xffffffffff000) >> 12
        if $entry_bits & 1
            if $entry_bits & 2
                printf "readable, writable, "
            else
                printf "readable, "
            end
            if $entry_bits & 0x8000000000000000
                printf "not executable, "
            else
                printf "executable, "
            end
            if $entry_bits & 4
                printf "for user mode\n"
            else
                printf "for the kernel only\n"
            end
        else
            printf "present, but nobody may touch it (PROT_NONE)\n"
        end
    end
end
document entry
entry POINTER: what a page-table entry says, in words. Example: entry it.entry
end

define claims
    set $claims_frame = (*(unsigned long *) ($arg0) & 0xffffffffff000) >> 12
    printf "frame 0x%lx, count %d\n", $claims_frame, frames[$claims_frame].count
end
document claims
claims POINTER: how many claims there are to the frame that a page-table entry names.
end

printf "Stopped before the kernel's first instruction. `continue` runs; `help entry` explains entries.\n"
