// SPDX-License-Identifier: MIT
#pragma once

_Noreturn void exit(int status);

#define EXIT_SUCCESS 0
#define EXIT_FAILURE 1
