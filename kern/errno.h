// SPDX-License-Identifier: MIT
// Linux's error numbers (asm-generic/errno-base.h and errno.h in its ABI). Inside the kernel a
// function that can fail returns 0 or a count on success and one of these, negated, on failure.
#pragma once

#define EPERM 1
#define ENOENT 2
#define ESRCH 3
#define EINTR 4
#define EIO 5
#define ENXIO 6
#define E2BIG 7
#define ENOEXEC 8
#define EBADF 9
#define ECHILD 10
#define EAGAIN 11
#define ENOMEM 12
#define EACCES 13
#define EFAULT 14
#define EBUSY 16
#define EEXIST 17
#define ENODEV 19
#define ENOTDIR 20
#define EISDIR 21
#define EINVAL 22
#define EMFILE 24
#define ENOTTY 25
#define EFBIG 27
#define ENOSPC 28
#define ESPIPE 29
#define EPIPE 32
#define ERANGE 34
#define ENAMETOOLONG 36
#define ENOSYS 38
#define ENOTEMPTY 39
#define ELOOP 40
#define EOPNOTSUPP 95
#define ETIMEDOUT 110

// Not Linux's interface but its inside: a system call was cut short by a signal and may be made anew
// (signal_deliver). Of the second kind only if no handler runs.
#define ERESTARTSYS 512
#define ERESTARTNOHAND 514
