// SPDX-License-Identifier: MIT
#pragma once

#include "abi/prctl.h"
