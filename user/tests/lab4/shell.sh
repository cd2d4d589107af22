#!/bin/sh
# SPDX-License-Identifier: MIT
# What the shell keeps for itself (the script that it reads, what a redirection has put aside), no program has that
# it starts; what the script has opened, all of them have.
# shellcheck disable=SC1091,SC2016,SC2030,SC2031,SC2094 # the other shell is to look; what is lost shall be
look='for fd in 3 4 5 6 7 8 9 10 11 12 13 14 15; do
    true 2>/dev/null <&$fd && printf " %s" $fd
done
echo'
list() {
    printf "%s:" "$1"
    sh -c "$look"
}
echo a line >text
list "at first"
list "three opened" 3<text 4>other 5<text
{
    list "in braces, two opened"
    list "and one more" 9<text
    list "one closed" 3<&-
} 3<text 7<text
list "behind them"
while read -r line; do
    list "in a loop over $line"
done <text
echo x | while read -r line; do
    list "in a pipeline"
done
(list "in parentheses" 4<text)
result=$(list "in a substitution" 8<text)
echo "$result"
exec 6<text
list "kept open"
list "its output elsewhere" >other
cat other
. ./text 2>/dev/null
echo 'list "in another script"' >script
. ./script
exec 6<&-
list "in the end"
exec sh -c "echo instead of the shell:; $look"
