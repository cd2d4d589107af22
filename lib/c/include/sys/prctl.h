// SPDX-License-Identifier: MIT
#pragma once

#include "abi/prctl.h"

int prctl(int command, ...); // arguments are of type unsigned long, or pointers
