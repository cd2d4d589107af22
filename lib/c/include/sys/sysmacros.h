// SPDX-License-Identifier: MIT
// The two halves of a device's number, as Linux packs them.
#pragma once

#define major(device) ((unsigned)((device) >> 8 & 0xfff))
#define minor(device) ((unsigned)(((device)&0xff) | ((device) >> 12 & 0xfff00)))
