#!/bin/sh
# SPDX-License-Identifier: MIT
# The shell runs programs, each a file of its own: found by PATH or named, given words and an environment, one
# after the other, at the same time, and instead of the shell itself.
# shellcheck disable=SC2016,SC2123 # what looks like a variable is another shell's; that PATH is lost is the point
/bin/echo a program, named
text=$(/bin/echo "in \$( )")
echo "$text: $?"
/bin/echo one two three | /bin/cat | /bin/wc -w
/bin/false
echo "false: $?"

X=given sh -c '/bin/echo "X is $X"'
sh -c '/bin/echo "X is ${X:-not given}"'
PATH=/nowhere:/bin
sh -c 'exit 7'
echo "found by PATH: $?"
PATH=/nowhere
wc 2>/dev/null </dev/null
echo "not found: $?"
/bin/nothing 2>/dev/null
echo "not there: $?"
echo text >text
./text 2>/dev/null
echo "not executable: $?"
/bin 2>/dev/null
echo "a directory: $?"
PATH=/bin:/usr/bin

/bin/sh -c 'sleep 0.1; /bin/echo late' &
/bin/echo early
wait $!
echo "in the background: $?"
/bin/sleep 100 &
kill -TERM $!
wait $!
echo "killed: $?"
i=0
while [ "$i" -lt 20 ]; do
    i=$(/bin/echo $((i + 1)))
done
echo "$i programs one after the other"
(
    exec /bin/echo "exec: this one"
    echo "and not that one"
)
(echo c && echo a && echo b) | (read -r first && echo "first $first" && exec /bin/cat)
exec /bin/echo "the last one"
