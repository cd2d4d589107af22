// SPDX-License-Identifier: MIT
// As Linux has it.
#pragma once

struct sysinfo {
    long uptime;
    unsigned long loads[3];
    unsigned long totalram;
    unsigned long freeram;
    unsigned long sharedram;
    unsigned long bufferram;
    unsigned long totalswap;
    unsigned long freeswap;
    unsigned short procs;
    unsigned short padding[3];
    unsigned long totalhigh;
    unsigned long freehigh;
    unsigned mem_unit;
    unsigned tail;
};

int sysinfo(struct sysinfo *info);
