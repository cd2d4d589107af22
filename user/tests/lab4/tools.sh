#!/bin/sh
# SPDX-License-Identifier: MIT
# env and nohup look for their program, give it what they should, and become it: their exit status is the
# program's, or says that there was none.
# shellcheck disable=SC2016 # what looks like a variable is another shell's
env -i
echo "nothing in it: $?"
env -i B=2 A=1 'C=two words' D=
env -i A=1 A=2 env
env A=given sh -c 'echo "A is $A"'
A=lost env -u A sh -c 'echo "A is ${A:-not there}"'
env sh -c 'exit 7'
echo "env, its program: $?"
env no-such-program 2>/dev/null
echo "env, not found: $?"
env PATH=/nowhere sh 2>/dev/null
echo "env, not found there: $?"
env / 2>/dev/null
echo "env, a directory: $?"
echo text >text
env ./text 2>/dev/null
echo "env, not executable: $?"
env -Q 2>/dev/null
echo "env, used wrongly: $?"

nohup sh -c 'exit 5' >out 2>&1
echo "nohup, its program: $?"
sh -c 'kill -HUP $$; echo "it goes on"' >out
echo "without nohup: $?"
cat out
nohup sh -c 'kill -HUP $$; echo "with nohup it goes on"' >out 2>/dev/null
cat out
nohup no-such-program >out 2>/dev/null
echo "nohup, not found: $?"
nohup ./text >out 2>/dev/null
echo "nohup, not executable: $?"
env A=1 nohup env -u B sh -c 'echo "one after the other: $A"' >out 2>/dev/null
cat out
