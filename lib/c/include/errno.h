// SPDX-License-Identifier: MIT
#pragma once

#include "abi/errno.h"

extern int errno;
