// SPDX-License-Identifier: MIT
// <tine.h> for test programs that run on the host's Linux, the oracle. The same declarations.
#include "../../../lib/c/include/tine.h"
