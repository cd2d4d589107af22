// SPDX-License-Identifier: MIT
// Flags of getrandom: Linux's numbers.
#pragma once

#define GRND_NONBLOCK 1
#define GRND_RANDOM 2
#define GRND_INSECURE 4
