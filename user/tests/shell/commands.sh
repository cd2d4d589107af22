#!/bin/sh
# SPDX-License-Identifier: MIT
# shellcheck disable=all
# Sections: each is a script of its own, and prints the same in any shell of POSIX. All of them can also run one
# after the other, in a directory to which they may write.

# ---- lists
true && echo yes; false && echo no; true || echo no; false || echo yes
false && echo no || echo yes; true || echo no && echo yes; false ||
echo next && true &&

echo line
! true; echo $?; ! false; echo $?; ! true && echo no; ! false && echo yes
true; echo $?; false; echo $?; (exit 7); echo $?

# ---- if
if true; then echo a; fi; if false; then echo b; fi; echo $?
if false; then echo c; else echo d; fi
if false; then echo e; elif true; then echo f; else echo g; fi
if false; then echo; elif false; then echo; elif (exit 3); then echo; else echo $?; fi
if echo in the condition; false; then echo h
else
  if true
  then echo nested
  fi
fi
if true; then (exit 5); fi; echo $?; if ! false; then echo not; fi

# ---- loops
for i in 1 2 3; do echo $i; done; for i in; do echo no; done; echo $?
for i in a b
do
  for j in 1 2; do printf '%s ' $i$j; done
done; echo
set -- x y; for i; do echo $i; done; for i
do echo $i; done; echo after $i
i=0; while test $i -lt 3; do i=$((i+1)); echo $i; done; echo $?
until test $i -eq 0; do i=$((i-1)); done; echo $i
while false; do :; done; echo $?
for i in 1 2 3 4; do if test $i = 2; then continue; fi; if test $i = 4; then break; fi; echo $i; done
for i in 1 2; do for j in a b c; do test $j = b && continue 2; echo $i$j; done; echo never; done
for i in 1 2; do while true; do break 2; done; echo never; done; echo out $i
while true; do (exit 3); break; done; echo $?
for in in in; do echo $in; done; for do in do; do echo $do; done
for i in 1 2 3; do echo $i; done | while read x; do echo "[$x]"; done

# ---- case
for x in abc '' a.c '*' 'a b' x; do
  case $x in
    abc) echo literal;; '') echo empty ;; a?c) echo any;; \*) echo star;; "a b") echo quoted
    ;;
    *) echo other
  esac
done
case a in b) echo no;; esac; echo $?; case a in (a|b) echo or; false;; esac; echo $?
case ab in a*) echo first;; ab) echo second;; esac; case x in x) ;; esac; echo $?
p='a*'; case abc in $p) echo pattern;; esac; case abc in "$p") echo no;; *) echo text;; esac
case $(echo sub) in s*) echo sub;; esac; case a in a) case b in b) echo inner;; esac;; esac
case - in [-a]) echo dash;; esac; case ] in []]) echo bracket;; esac; case b in [!a-]) echo not;; esac
case in in in) echo in;; esac; case esac in (esac) echo esac;; esac; case 'a\b' in a\\b) echo back;; esac

# ---- functions
f() { echo "f $# $1"; return 3; echo never; }
f a b; echo $?; f | cat; g() (exit 4); g; echo $?
h() if true; then echo $1; fi; h word
f() { echo new; }; f; f() { f2() { echo inner; }; f2; }; f; f2
x=1; s() { x=2; y=3; }; s; echo $x $y; v=before; t() { echo $v; }; v=during t; echo $v
r() { test $1 -gt 0 && { echo $1; r $(($1-1)); }; }; r 3
loop() { for i in 1 2 3; do test $i = 2 && return 9; echo $i; done; }; loop; echo $?
redirected() { echo to a file; } > fun_file; redirected; cat fun_file
unset -f f; f 2>/dev/null; echo $?; e() { return; }; false; e; echo $?; true; e; echo $?

# ---- groups and subshells
{ echo a; echo b; }; (echo c; echo d); { echo e; } | cat; (echo f) | cat
x=1; (x=2; echo $x); echo $x; { x=3; }; echo $x; (exit 3) || echo $?
( (echo deep) ); ((echo deeper) ); { { echo nested; }; }
(cd /; pwd); { false; }; echo $?; (false); echo $?; (true; exit 4; echo never); echo $?
echo $( (echo a) ) $({ echo b; }); { echo 1; echo 2; } | { read a; read b; echo $b$a; }

# ---- pipelines
echo a | cat; echo a | cat | cat | cat; echo a b c | wc -w | { read n; echo $n; }
true | false; echo $?; false | true; echo $?; (exit 3) | (exit 4); echo $?; ! true | false; echo $?
echo x | while read y; do echo "<$y>"; done; x=1; echo | x=2; echo $x
{ echo 1; echo 2; echo 3; } | (read a; cat); echo a |

cat
printf 'b\na\n' | cat | { cat; echo end; }; echo lost | true; echo kept | { read x; echo $x; cat; }

# ---- background and wait
true & wait $!; echo $?; false & wait $!; echo $?; (exit 7) & wait $!; echo $?
(echo in the background) & wait; echo front; { echo group; } & wait
echo a > bg_file & wait; cat bg_file; wait; echo $?; wait 1 2>/dev/null; echo $?
(exit 3) & a=$!; (exit 4) & b=$!; wait $a; echo $?; wait $b; echo $?
(exit 5) & (exit 6) & wait $!; echo $?; wait; false & echo $?; wait
echo piped | cat & wait; cat & wait; echo no input; test -n "$!" && echo pid
(sleep 0.1; echo late) & echo early; wait; for i in 1 2 3; do (exit $i) & done; wait $!; echo $?; wait


# ---- ended by a signal
sleep 100 & kill $!; wait $! 2>/dev/null; echo $?
sleep 100 & kill -9 $!; wait $! 2>/dev/null; echo $?; sleep 100 & sleep 0.2; kill -s INT $! ; kill -HUP $!; wait $! 2>/dev/null; echo $?
kill -l 9; kill -l 143; kill -0 $$; echo $?; (kill -s USR1 $$x) 2>/dev/null; test $? -ne 0 && echo wrong

# ---- redirection
echo one > re_1; cat re_1; echo two >> re_1; cat < re_1; echo three >re_1; cat<re_1
> re_empty; cat re_empty; echo $?; {
echo a; echo b >re_2; echo c; } > re_3; cat re_2 re_3
(echo out; echo err >&2) 2>/dev/null; (echo out; echo err >&2) > re_4 2>&1; cat re_4; { echo err >&2; } 2> re_5; cat re_5
echo to err 2>re_6 >&2; cat re_6; echo x >&- 2>/dev/null; echo $?; cat <&- 2>/dev/null; test $? -ne 0 && echo closed
exec 3> re_7; echo to three >&3; exec 3>&-; cat re_7; exec 4< re_1; read x <&4; exec 4<&-; echo $x
echo a 3>&1 >&3 3>&-; { echo b >&5; } 5>&1; exec 6>&1; echo c >&6; exec 6>&-; { echo d >&6; } 2>/dev/null; echo $?
while read l; do echo "[$l]"; done < re_3; for i in 1 2; do echo $i; done > re_8; cat re_8
if true; then echo if; fi > re_9; cat re_9; case a in a) echo case;; esac >> re_9; cat re_9
f=re_10; echo named > $f; cat "$f"; echo x > "re 11"; cat 're 11'; echo y > $(echo re_12); cat re_12
cat nothing_there 2>/dev/null; echo $?; cat < nothing_there 2>/dev/null; echo on; : > re_1; cat re_1
{ cat < nothing_there; } 2>/dev/null; echo goes on; echo rw <> re_13; test -f re_13 && echo made
echo 1 > re_14 > re_15; cat re_14 re_15; echo b 1>re_16; cat re_16; echo 2 >re_17; cat re_17; echo a2>re_18; cat re_18

# ---- here-documents
x=value
cat <<END
plain $x ${x}s $(echo sub) `echo back` $((1+1)) \$x \\ \a "quoted" 'single'
END
cat <<'END'
plain $x $(echo sub) \$x \\
END
cat <<-END
	tabs	inside
		$x
	END
cat <<A; cat <<B
first
A
second
B
cat <<END | cat
in a pipe
END
while read a b; do echo "$b-$a"; done <<E
1 2
3 4 5
E
f() { cat <<E
in a function $1
E
}; f one; f two; cat <<E
E
cat <<"a b"
odd delimiter
a b
cat 0<<E 3<<F
zero
E
three
F
cat <<E
joined \
line
E
if true; then cat <<E; echo after
inside if
E
fi; (cat) <<E
subshell
E

# ---- read
printf 'a b c\n' | { read x y; echo "$x|$y"; }; printf 'a\n' | { read x y; echo "$x|$y"; }; printf '  a  b  \n' | { read x; echo "$x|"; }
printf 'a\\ b c\n' | { read x y; echo "$x|$y"; }; printf 'a\\ b\n' | { read -r x y; echo "$x|$y"; }
printf 'con\\\ntinued\n' | { read x; echo $x; }; printf 'no newline' | { read x; echo $? $x; }; printf '' | { read x; echo "$?$x"; }
printf 'a:b::c\n' | { IFS=: read w x y z; echo "$w|$x|$y|$z"; }; printf '1\n2\n' | { read a; read b; read c; echo $? $a $b $c; }

# ---- environment
e=1; sh -c 'echo "[$e]"'; export e; sh -c 'echo "[$e]"'; e=2; sh -c 'echo "[$e]"'; e=3 sh -c 'echo "[$e]"'; echo $e
unset e; sh -c 'echo "[$e]"'; export n=4; sh -c 'echo $n'; sh -c 'echo $0 $1 $#' name one; sh -c 'exit 3'; echo $?
(readonly r=1; r=2; echo not reached) 2>/dev/null; echo $?

# ---- eval, dot and exec
x='echo $y'; y=1; eval $x; eval "$x; y=2; $x"; eval; echo $?; eval false; echo $?; eval 'f() { echo f; }'; f
echo 'echo dot $1; z=3; return 4; echo never' > dot_file; . ./dot_file; echo $? $z; (exec sh -c 'echo exec'; echo never)
(exec > exec_file; echo hidden); cat exec_file; eval 'for i in 1 2' '; do echo $i; done'; command echo c; echo() { :; }; command echo d; unset -f echo
command -v no_such_thing; echo $?; : ignored; echo $?

# ---- options
(set -e; echo a; false; echo never); echo $?; (set -e; false || echo or; if false; then :; fi; ! true; echo b; (exit 3); echo never); echo $?
(set -u; echo ${x-default}; echo $undefined; echo never) 2>/dev/null; echo $?; (set -e; f() { false; echo in f; }; f && :; f; echo never); echo $?
(set -f; echo *nothing*); set -- -a; echo $#; case $- in *e*) echo e;; *) echo none;; esac

# ---- directories and umask
cd /; pwd; cd /dev; pwd; cd ..; pwd; cd - > /dev/null; pwd; echo $OLDPWD; (cd /nowhere) 2>/dev/null; echo $?
(umask 077; umask); umask 022; umask; HOME=/dev; cd; pwd

# ---- comments and lines
echo a # a comment
# another
echo b #c
echo c#d '#' "#" \#
	  echo blanks	 before   # and after

echo d; # end
echo e; echo f
true && # after and
echo g
for i in 1 # in for
do # do
echo $i # body
done # done
