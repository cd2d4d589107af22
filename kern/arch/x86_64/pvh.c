// SPDX-License-Identifier: MIT
// Boot by PVH: reads what the loader left in memory into struct boot_info, then starts the
// kernel. The loader's structures lie in memory that nobody has reserved, so all is copied.
#include <arch/layout.h>

#include "arch/machine.h"
#include "base/string.h"
#include "kernel.h"

// Xen's public header arch-x86/hvm/start_info.h describes these three.
struct hvm_start_info {
    uint32_t magic;
    uint32_t version;
    uint32_t flags;
    uint32_t module_count;
    uint64_t modules;
    uint64_t command_line;
    uint64_t rsdp;
    uint64_t memory_map; // version 1 and later
    uint32_t memory_map_entries;
    uint32_t reserved;
};

struct hvm_module {
    uint64_t address;
    uint64_t bytes;
    uint64_t command_line;
    uint64_t reserved;
};

struct hvm_memory {
    uint64_t address;
    uint64_t bytes;
    uint32_t type;
    uint32_t reserved;
};

#define PVH_MAGIC 0x336ec578
enum { PVH_MEMORY_RAM = 1 };

struct boot_info boot_info;

// Puts [start, end) in its place among the sorted ranges. Later entries are dropped when the
// table is full: less memory, but never wrong memory.
static void add_ram(uint64_t start, uint64_t end) {
    start = (start + PAGE_SIZE - 1) & ~(PAGE_SIZE - 1);
    end &= ~(PAGE_SIZE - 1);
    if (start >= end || boot_info.ram_ranges == BOOT_RANGES) {
        return;
    }
    unsigned at = boot_info.ram_ranges++;
    while (at > 0 && boot_info.ram[at - 1].start > start) {
        boot_info.ram[at] = boot_info.ram[at - 1];
        at--;
    }
    boot_info.ram[at] = (struct memory_range){start, end};
}

_Noreturn void pvh_main(uint64_t entry_cycles, uint64_t start_info);

// Called by kernel_start on the boot stack, with the first GiB of memory in the direct map.
_Noreturn void pvh_main(uint64_t entry_cycles, uint64_t start_info) {
    serial_setup();
    cpu_setup();
    const struct hvm_start_info *info = phys_to_virt(start_info);
    if (info->magic != PVH_MAGIC || info->version < 1) {
        setup_failed("the loader did not pass a PVH start_info with a memory map");
    }
    boot_info.entry_cycles = entry_cycles;
    for (uint32_t i = 0; i < info->memory_map_entries; i++) {
        struct hvm_memory range;
        memcpy(&range, phys_to_virt(info->memory_map + i * sizeof range), sizeof range);
        if (range.type == PVH_MEMORY_RAM) {
            add_ram(range.address, range.address + range.bytes);
        }
    }
    if (info->module_count > 0) {
        struct hvm_module module; // some loaders do not align it
        memcpy(&module, phys_to_virt(info->modules), sizeof module);
        boot_info.initrd.start = module.address;
        boot_info.initrd.end = module.address + module.bytes;
    }
    if (info->command_line != 0) {
        strlcpy(boot_info.command_line, phys_to_virt(info->command_line),
                sizeof boot_info.command_line);
    }
    kernel_main();
}
