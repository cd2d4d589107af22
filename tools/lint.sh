#!/bin/sh
# SPDX-License-Identifier: MIT
#
# lint.sh [CHECK...]: looks for mistakes and for bad layout in all files that git knows of, new ones
# included. Every check runs, whatever the others found.
# Checks: text clang-format cppcheck clang-tidy shellcheck flake8 mypy skeletons handouts
#
# Environment: KCFLAGS   the kernel's compile flags (the Makefile passes them)
#              UCFLAGS   those of user programs and the C library; default: KCFLAGS
#              PYTHON    the Python to use; default: what tools/python.sh chooses
# Exit status: 0 clean; 1 something was found; 2 a program is missing.
set -uf
cd "$(dirname "$0")/.." || exit 2
PYTHON=$(tools/python.sh) || exit 2
KCFLAGS=${KCFLAGS:-}
UCFLAGS=${UCFLAGS:-$KCFLAGS}
failed=''
newline='
'

# list PATTERN: the files whose names match the extended regular expression, one a line.
list() {
    printf '%s\n' "$all" | grep -E -- "$1"
}

# for_files PATTERN COMMAND...: runs the command with the files as further arguments; without such
# files it does nothing.
for_files() {
    pattern=$1
    shift
    files=$(list "$pattern") || return 0
    old_ifs=$IFS
    IFS=$newline
    # shellcheck disable=SC2086 # a list, one name a line
    set -- "$@" $files
    IFS=$old_ifs
    "$@"
}

# tidy PATTERN FLAGS: clang-tidy on the files, several at once. Flags that only GCC knows are no
# mistake of the code.
tidy() {
    files=$(list "$1") || return 0
    # shellcheck disable=SC2016 # the inner shell expands these
    printf '%s\n' "$files" | TIDY_FLAGS="$2" xargs -P "$(getconf _NPROCESSORS_ONLN)" -n 4 sh -c '
        clang-tidy --quiet "$@" -- $TIDY_FLAGS \
            -Wno-unknown-warning-option -Wno-ignored-optimization-argument \
            -Wno-unused-command-line-argument 2>&1 |
            { ! grep -v -E -e "^[0-9]+ (warning|error)s?.* (generated|treated as errors?)\\.?$" \
                -e "^Suppressed " -e "^Use -header"; }
    ' tidy
}

# include_flags FLAGS: those of the flags that cppcheck knows too.
include_flags() {
    for flag in $1; do
        case $flag in -I?* | -D?*) printf '%s ' "$flag" ;; esac
    done
}

# Off: what cppcheck cannot know here. It does not see that a function never returns
# (...RedundantCheck), nor read every piece of inline assembly (internalAstError).
# shellcheck disable=SC2046 # words
check_c() {
    for_files '\.c$' cppcheck --quiet --error-exitcode=1 --inline-suppr --std=c11 \
        --enable=warning,performance,portability --platform=unix64 \
        --suppress=missingInclude --suppress=missingIncludeSystem \
        --suppress=unmatchedSuppression --suppress=comparePointers \
        --suppress=nullPointerRedundantCheck --suppress=nullPointerArithmeticRedundantCheck \
        --suppress=internalAstError \
        -j "$(getconf _NPROCESSORS_ONLN)" $(include_flags "$KCFLAGS")
}

check_tidy() {
    tidy_status=0
    tidy '^(kern/.*|lib/base/.*|(solutions|labs)/[^/]*/[^/]*)\.c$' "$KCFLAGS" || tidy_status=1
    tidy '^(lib/c|(solutions|labs)/[^/]*/lib|user/bin|user/tests/(lab[0-9]+|given|abuse(/fuzz)?))/.*\.c$' \
        "$UCFLAGS" || tidy_status=1
    return $tidy_status
}

check_shell() {
    for_files '\.sh$|^\.ci/run$' shellcheck
}

run_check() {
    printf '== %s\n' "$1"
    case $1 in
    text) for_files . "$PYTHON" tools/textlint.py ;;
    clang-format) for_files '\.[ch]$' clang-format --dry-run -Werror ;;
    cppcheck) check_c ;;
    clang-tidy) check_tidy ;;
    shellcheck) check_shell ;;
    flake8) for_files '\.py$' flake8 ;;
    mypy) mypy --no-error-summary ;;
    skeletons) "$PYTHON" tools/skeletons.py --check ;;
    handouts) "$PYTHON" tools/include.py --check ;;
    *)
        printf 'lint: there is no check of this name\n' >&2
        return 1
        ;;
    esac
}

if all=$(git ls-files --cached --others --exclude-standard 2>/dev/null) && [ -n "$all" ]; then
    all=$(printf '%s\n' "$all" | while IFS= read -r file; do
        [ ! -f "$file" ] || printf '%s\n' "$file"
    done)
else
    all=$(find . -type f ! -path './build/*' ! -path './.git/*' ! -path '*/__pycache__/*' |
        sed 's,^\./,,')
fi

if [ $# = 0 ]; then
    set -- text clang-format cppcheck clang-tidy shellcheck flake8 mypy skeletons handouts
fi
for check in "$@"; do
    run_check "$check" || failed="$failed $check"
done
if [ -n "$failed" ]; then
    printf '\nlint: found something:%s\n' "$failed"
    exit 1
fi
printf '\nlint: clean\n'
