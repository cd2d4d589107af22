// SPDX-License-Identifier: MIT
#pragma once

#include "base/string.h"
