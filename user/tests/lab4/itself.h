// SPDX-License-Identifier: MIT
// Lab 4's tests execute themselves, as lab 3's do.
#pragma once

#define TESTS_FOLDER "/tests/lab4/"

#include "../lab3/again.h"
