// SPDX-License-Identifier: MIT
#pragma once

#include "abi/sched.h"

int sched_yield(void);
