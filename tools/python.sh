#!/bin/sh
# SPDX-License-Identifier: MIT
#
# python.sh [GOAL]: prints the Python to use: the first of $PYTHON, python3 and /usr/bin/python3
# that is version 3.9 or newer and, for the goal "test", has pytest, pytest-xdist, pexpect and
# jsonschema.
# Exit status: 0 printed; 2 there is none (standard error says what each of them lacks).
set -u

case ${1:-demo} in
test) modules='pytest xdist pexpect jsonschema' ;;
*) modules='' ;;
esac

# Looking for a module's file instead of importing it saves a tenth of a second on every `make`.
check='
import sys
if sys.version_info < (3, 9):
    sys.exit("is version %d.%d; 3.9 or newer is needed" % sys.version_info[:2])
from importlib.util import find_spec
lacking = [name for name in sys.argv[1:] if find_spec(name) is None]
if lacking:
    sys.exit("has no module " + " and no module ".join(lacking))
'

report=''
for python in "${PYTHON:-}" python3 /usr/bin/python3; do
    [ -n "$python" ] || continue
    reason='is not there'
    if command -v "$python" >/dev/null 2>&1; then
        # shellcheck disable=SC2086 # a list of words
        if reason=$("$python" -c "$check" $modules 2>&1); then
            printf '%s\n' "$python"
            exit 0
        fi
        reason=${reason:-does not run}
    fi
    report="$report
    $python ${reason##*
}"
done

{
    printf 'python: none of these will do:%s\n' "$report"
    printf '%s\n' 'Install what is missing, or name another one: make PYTHON=/path/to/python3 ...'
} >&2
exit 2
