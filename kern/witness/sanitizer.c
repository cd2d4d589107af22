// SPDX-License-Identifier: MIT
// What the compiler calls in a checking build when it sees undefined behaviour at run time
// (-fsanitize=undefined), or a function's stack frame overwritten (-fstack-protector).
//
// The compiler hands over a structure that begins with the place in the source, whatever the kind
// of mistake; so one function can serve all kinds.
#include <stdint.h>

#include "kernel.h"

struct source_place {
    const char *file;
    uint32_t line;
    uint32_t column;
};

#define HANDLER(suffix, what)                                                     \
    _Noreturn void __ubsan_handle_##suffix(struct source_place *place);           \
    _Noreturn void __ubsan_handle_##suffix(struct source_place *place) {          \
        panic("undefined behaviour: %s (%s:%u)", what, place->file, place->line); \
    }

HANDLER(add_overflow, "an addition overflows")
HANDLER(sub_overflow, "a subtraction overflows")
HANDLER(mul_overflow, "a multiplication overflows")
HANDLER(negate_overflow, "a negation overflows")
HANDLER(divrem_overflow, "a division by zero, or one that overflows")
HANDLER(shift_out_of_bounds, "a shift by a negative number or by too much")
HANDLER(out_of_bounds, "an index outside its array")
HANDLER(pointer_overflow, "pointer arithmetic wraps around")
HANDLER(type_mismatch_v1, "a pointer that is NULL, misaligned, or to something too small")
HANDLER(load_invalid_value, "a value that its type cannot have")
HANDLER(builtin_unreachable, "a place is reached that cannot be")
HANDLER(invalid_builtin, "a zero given to a bit-counting function")
HANDLER(nonnull_arg, "NULL as an argument that must not be")
HANDLER(vla_bound_not_positive, "an array of no or negative size")

uintptr_t __stack_chk_guard = 0x5ca1ab1e0ddba11;

_Noreturn void __stack_chk_fail(void);
_Noreturn void __stack_chk_fail(void) {
    panic("a function has written beyond an array on its stack");
}
