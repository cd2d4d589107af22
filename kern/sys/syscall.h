// SPDX-License-Identifier: MIT
// System calls. Each is a function that finds its arguments in the caller's trapframe
// (trapframe_argument) and returns a result, or an error number negated.
#pragma once

#include <arch/trapframe.h>
#include <stdint.h>

typedef int64_t syscall_fn(struct trapframe *tf);

// Every function that calls.def names.
#define CALL(number, name, function) syscall_fn function;
#define FROM_LAB(lab, number, name, function) syscall_fn function;
#define LATER(number, name, lab)
#include "sys/calls.def"
#undef CALL
#undef FROM_LAB
#undef LATER

// The name of a system call, for messages; NULL if it has none here.
const char *syscall_name(uint64_t number);

// Serves the system call in `tf` and stores its result there. Called by entry.asm.
void syscall_dispatch(struct trapframe *tf);
