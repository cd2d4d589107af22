// SPDX-License-Identifier: MIT
// Numbers of Linux's system calls on the x86-64.
#pragma once

#define SYS_read 0
#define SYS_write 1
#define SYS_mmap 9
#define SYS_mprotect 10
#define SYS_munmap 11
#define SYS_brk 12
#define SYS_getpid 39
#define SYS_fork 57
#define SYS_exit 60
#define SYS_uname 63
#define SYS_getppid 110
#define SYS_arch_prctl 158
#define SYS_reboot 169
#define SYS_exit_group 231
