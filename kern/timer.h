// SPDX-License-Identifier: MIT
#pragma once

struct trapframe;

// Called TIMER_HZ times a second on each CPU, in interrupt context; `tf` is what was interrupted.
void timer_tick(const struct trapframe *tf);

// Called by the non-maskable watchdog, about every 55 ms of guest time: ends the machine when the
// budget is used up, or when this CPU has taken no timer interrupt for a tenth of a second. On the
// first CPU it is the watchdog itself, on the others the first that passes it on.
void watchdog_bite(const struct trapframe *tf);
