// SPDX-License-Identifier: MIT
// Labs 0..LAB are linked in. The Makefile compiles what includes this file anew for each lab, and
// all else once.
#pragma once

enum { LAB = TINE_LAB };
