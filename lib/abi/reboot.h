// SPDX-License-Identifier: MIT
// reboot: Linux's numbers. Two magic ones guard against accidents.
#pragma once

#define RB_MAGIC1 0xfee1dead
#define RB_MAGIC2 672274793 // one of four

#define RB_AUTOBOOT 0x01234567
#define RB_HALT_SYSTEM 0xcdef0123
#define RB_POWER_OFF 0x4321fedc
