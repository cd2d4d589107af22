// SPDX-License-Identifier: MIT
// Signals by name.
#pragma once

// The number of "KILL", "SIGKILL" or "9"; -1 if there is no such signal. "0" is one for kill.
int signal_number(const char *name);

// "KILL" for 9; NULL if it has no name.
const char *signal_name(int number);
