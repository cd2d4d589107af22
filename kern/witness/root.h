// SPDX-License-Identifier: MIT
#pragma once

// Fills in what is known only once memory is set up. Until then readers see zeros there.
void root_setup(void);
