#!/bin/bash
# Tests of the readers in this directory, which judge everything else: a reader
# that overlooks a failure is worse than none. Prints KTAP.
set -u
cd "$(dirname "$0")" || exit

number=0
failed=0

# expect NAME WANTED GOT
expect() {
	number=$((number + 1))
	if [ "$2" = "$3" ]; then
		echo "ok $number $1"
	else
		echo "not ok $number $1"
		printf '# wanted: %s\n# got:    %s\n' "${2//$'\n'/ | }" "${3//$'\n'/ | }"
		failed=1
	fi
}

# read_ktap: standard input as one suite "s"; "status case" a line.
read_ktap() {
	{
		echo "# fang-suite begin s"
		cat
		[ -n "${CUT:-}" ] || echo "# fang-suite end s ${RC:-0}"
	} | awk -f ktap.awk 2>/dev/null | cut -f 1,3 | tr '\t' ' '
}

# named ONLY [FAILURES]: which of three results those are, by their cases.
named() {
	printf '%s\t%s\t%s\t\n' pass module fuse.is_refused pass tool 'a fuse' fail java X |
		awk -v only="$1" -v failures="${2:-}" -f named.awk | cut -f 3 | tr '\n' ' '
}

# sources CODENAME FILE-SUFFIX [SUITE]: standard input as an apt sources file.
sources() {
	local dir
	dir=$(mktemp -d)
	cat >"$dir/x.$2"
	awk -v codename="$1" -v suite="${3:-}" -f apt-sources.awk "$dir/x.$2" | grep -E 'URIs|Suites|Signed' | tr '\n' ' '
	rm -r "$dir"
}

# long_said: a failure that says more than anybody reads.
long_said() {
	echo '# fang-suite begin s'
	echo '1..1'
	echo '# first of all'
	seq -f '# line %g of many' 100
	printf '# last 1\n# end\nnot ok 1 a\n# fang-suite end s 1\n'
}

# promises: standard input as promises.rst, of a project with a case of each sort.
promises() {
	local dir
	dir=$(mktemp -d)
	mkdir -p "$dir"/kernel/{Documentation,tests,model,selftest} "$dir/tools" "$dir/ctl/src/test/java/fang/ctl/guest"
	cat >"$dir/kernel/Documentation/promises.rst"
	echo 'CASE(a_case)' >"$dir/kernel/tests/topic.c"
	echo 'CASE_LIMITED(a_case, 9)' >"$dir/kernel/tests/other.c"
	echo 'holds  | life | DIE=1 | all' >"$dir/kernel/model/cases"
	echo 'static void escapes(void)' >"$dir/kernel/selftest/selftest.c"
	printf '%s\n' 'one unload "the module unloads" rmmod' '	one_load "waits are short" look "$@"' \
		>"$dir/tools/guest-test"
	# shellcheck disable=SC2016 # as it stands in the script
	echo '	guest_step "$filter" "a boot of its own" look' >"$dir/tools/test.sh"
	echo 'cases.put("listen | head", x);' >"$dir/ctl/src/test/java/fang/ctl/guest/Cases.java"
	./check-promises.sh "$dir" 2>&1
	rm -r "$dir"
}

# counts KERNEL COMPILER OURS BESIDE [UPDATE]: a run with one row, beside counts of 6.1.0-5 by "gcc 12" where it was
# 1000 and 2000.
counts() {
	local dir rc=0
	dir=$(mktemp -d)
	printf '%s\n' '# head' 'compiler 6.1.0-5 gcc 12' 'outside.open 1000 2000 6.1.0-5' \
		'compiler 6.12.9 gcc 13' 'outside.open 5 6 6.12.9' >"$dir/counts"
	printf 'outside.fang.open %s\nplain.open %s\n' "$3" "$4" |
		awk -v committed="$dir/counts" -v kernel="$1" -v compiler="$2" -v update="${5:-}" \
			-f bench-rows.awk -f bench-counts.awk || rc=$?
	echo "rc $rc"
	rm -r "$dir"
}

# table_of_two: what a run on each of two kernels becomes.
table_of_two() {
	local dir
	dir=$(mktemp -d)
	printf 'outside.fang.open %s\nplain.open 10\n' 10 >"$dir/bench-kernel-6.1.0-5"
	printf 'outside.fang.open %s\nplain.open 10\n' 20 >"$dir/bench-kernel-7.2"
	awk -f bench-markdown.awk -f bench-rows.awk "$dir"/*
	rm -r "$dir"
}

echo "KTAP version 1"

expect "ktap: results are counted" $'pass a\nfail b\nskip c' \
	"$(printf 'KTAP version 1\n1..3\nok 1 a\nnot ok 2 - b\nok 3 c # SKIP none\n' | RC=1 read_ktap)"
expect "ktap: a missing result fails" $'pass a\nfail results 2 to 3' \
	"$(printf '1..3\nok 1 a\n' | read_ktap)"
expect "ktap: a missing plan fails" $'pass a\nfail plan' \
	"$(printf 'ok 1 a\n' | read_ktap)"
expect "ktap: nothing at all fails" 'fail plan' "$(read_ktap </dev/null)"
expect "ktap: a plan at the end serves" 'pass a' "$(printf 'ok 1 a\n1..1\n' | read_ktap)"
expect "ktap: a cut suite keeps what came" $'pass a\nfail results 2 to 2\nfail end' \
	"$(printf '1..2\nok 1 a\n' | CUT=yes read_ktap)"
expect "ktap: an exit code without a failure fails" $'pass a\nfail exit code' \
	"$(printf '1..1\nok 1 a\n' | RC=3 read_ktap)"
expect "ktap: a skipped number fails" $'pass a\nfail c\npass c' \
	"$(printf '1..3\nok 1 a\nok 3 c\n' | read_ktap)"
expect "ktap: too many results fail" $'pass a\npass b\nfail plan' \
	"$(printf '1..1\nok 1 a\nok 2 b\n' | read_ktap)"
expect "ktap: subtests count, their parent does not" $'pass g: x\nfail g: y\npass b' \
	"$(printf '1..2\n  # Subtest: g\n  1..2\n  ok 1 x\n  not ok 2 y\nnot ok 1 g\nok 2 b\n' | RC=1 read_ktap)"
expect "ktap: a missing subtest fails" $'pass x\nfail g: results 2 to 2' \
	"$(printf '1..1\n  1..2\n  ok 1 x\nok 1 g\n' | read_ktap)"
expect "ktap: a failure has what was said since the result before it" \
	'fail | s | b | t.c:1: not so: x | at y' \
	"$(printf '# fang-suite begin s\n1..2\n# noise\nok 1 a\n# 3 ms\n# t.c:1: not so: x\n# at y\nnot ok 2 b\n# fang-suite end s 1\n' |
		awk -f ktap.awk 2>/dev/null | grep ^fail | sed 's/\t/ | /g')"
expect "ktap: of much that was said, both ends" 'first of all and last 1 | end' \
	"$(long_said | awk -f ktap.awk 2>/dev/null | awk -F '\t' '$1 == "fail" && length($4) < 900 { print $4 }' |
		sed -E 's/^(first of all) .* \.\.\..* \| (last 1 \| end)$/\1 and \2/')"
expect "ktap: an empty selection is no failure" '' "$(printf '1..0\n' | read_ktap)"
expect "named: a part of suite and case" 'fuse.is_refused a fuse ' "$(named fuse)"
expect "named: a part of a suite's cases" 'fuse.is_refused ' "$(named 'module: is')"
expect "named: a suite" 'a fuse ' "$(named tool:)"
expect "named: another suite's case" '' "$(named 'module: a')"
expect "named: failures in any case" 'X ' "$(named 'module: a' 1)"
expect "named: everything" 'fuse.is_refused a fuse X ' "$(named '')"

expect "sources: deb822, foreign and disabled entries left out" \
	'URIs: http://deb.debian.org/debian Suites: bookworm bookworm-updates Signed-By: /k.gpg ' \
	"$(sources bookworm sources <<-'END'
		Types: deb deb-src
		URIs: http://deb.debian.org/debian
		Suites: bookworm bookworm-updates bookworm-backports
		Components: main contrib
		Signed-By: /k.gpg

		Types: deb
		URIs: https://deb.example.org/node
		Suites: bookworm
		Components: main

		Enabled: no
		Types: deb
		URIs: http://deb.debian.org/debian-security
		Suites: bookworm-security
		Components: main
	END
	)"
expect "sources: one-line, with options" \
	'URIs: http://mirror.example.org/pub/debian/ Suites: trixie Signed-By: /k.gpg ' \
	"$(sources trixie list <<-'END'
		# deb http://deb.debian.org/debian trixie main
		deb [arch=amd64 signed-by=/k.gpg] http://mirror.example.org/pub/debian/ trixie main
		deb-src http://deb.debian.org/debian trixie main
		deb http://deb.debian.org/debian sid main
		deb https://apt.example.org trixie main
	END
	)"
expect "sources: a list of mirrors in a file" \
	'URIs: mirror+file:///etc/apt/mirrors/debian.list Suites: bookworm ' \
	"$(echo 'deb mirror+file:///etc/apt/mirrors/debian.list bookworm main' | sources bookworm list)"
expect "sources: another suite takes the place of the release" \
	'URIs: http://deb.debian.org/debian Suites: sid ' \
	"$(sources bookworm list sid <<-'END'
		deb http://deb.debian.org/debian bookworm main contrib
		deb http://deb.debian.org/debian bookworm-updates main
		deb http://deb.debian.org/debian-security bookworm-security main
	END
	)"
expect "sources: nothing of Debian's" '' \
	"$(echo 'deb https://apt.example.org bookworm main' | sources bookworm list)"

expect "surefire: cases are told apart" \
	$'pass p.T.a\nfail p.T.b(int)[1] "x" & <y>\nskip p.T.c\nfail p.T.d' \
	"$(awk -f surefire.awk <<-'END' | cut -f 1,3 | tr '\t' ' '
		<testsuite name="p.T" tests="4">
		  <testcase name="a" classname="p.T" time="0.1"/>
		  <testcase name="b(int)[1] &quot;x&quot; &amp; &lt;y&gt;" classname="p.T" time="0.1">
		    <failure message="no" type="E"><![CDATA[E: no
		      <testcase name="not one" classname="p.T"/>
		    ]]></failure>
		  </testcase>
		  <testcase name="c" classname="p.T" time="0">
		    <skipped/>
		  </testcase>
		  <testcase name="d" classname="p.T" time="0">
		    <error type="E">at</error>
		  </testcase>
		</testsuite>
	END
	)"
expect "surefire: what a test prints is no result" 'pass p.T.a' \
	"$(awk -f surefire.awk <<-'END' | cut -f 1,3 | tr '\t' ' '
		<testcase name="a" classname="p.T" time="0.1">
		  <system-out><![CDATA[<failure
		  <skipped/>
		  ]]></system-out>
		</testcase>
	END
	)"

expect "promises: a case that is not there, a statement without one, and an excuse are told" \
	$'promises.rst:9: there is no case topic.gone\npromises.rst:9: there is no case model:gone\npromises.rst:11: nothing stands below this statement\npromises.rst:14: what nothing proves is no promise' \
	"$(promises <<-'END'
		Heading
		=======

		All of these are there.
		    topic.a_case, other.a_case, model:life, selftest:escapes,
		    unload: the module unloads, tool: listen | head, load: waits are short,
		    guest: a boot of its own
		Two of these are not.
		    topic.gone, topic.a_case, model:gone

		This one has nothing.

		This one has an excuse.
		    Not proven: it is about topic.unnamed,
		    which is not there.
	END
	)"

expect "bench: a row within 2 % passes" $'1 rows within 2 % of the counts committed\nrc 0' \
	"$(counts 6.1.0-5 "gcc 12" 1020 2000)"
expect "bench: a row beyond 2 % fails, with before and now" \
	$'FAILED outside.open: 1000 instructions before, 1021 now (+2.1 %)\nrc 1' \
	"$(counts 6.1.0-5 "gcc 12" 1021 2000)"
expect "bench: a row that became cheaper is told" \
	$'less   outside.open: 1000 instructions before, 900 now (-10.0 %); --update keeps it\n1 rows within 2 % of the counts committed\nrc 0' \
	"$(counts 6.1.0-5 "gcc 12" 900 2000)"
expect "bench: on another kernel of the line the ratio is what counts" \
	$'the counts are of Linux 6.1.0-5, this is 6.1.0-6: ratios are compared\n1 rows within 2 % of the counts committed\nrc 0' \
	"$(counts 6.1.0-6 "gcc 12" 1100 2200)"
expect "bench: there a worse ratio fails" \
	$'the counts are of Linux 6.1.0-5, this is 6.1.0-6: ratios are compared\nFAILED outside.open: 0.500 of what stands beside it before, 0.550 now (+10.0 %)\nrc 1' \
	"$(counts 6.1.0-6 "gcc 12" 1100 2000)"
expect "bench: on the same kernel, too, if all became dearer" $'1 rows within 2 % of the counts committed\nrc 0' \
	"$(counts 6.1.0-5 "gcc 12" 1100 2200)"
expect "bench: with another compiler nothing is compared, and that is said" \
	$'skipped: the counts are of the compiler gcc 12, this is gcc 14\nrc 0' "$(counts 6.1.0-5 "gcc 14" 9999 2000)"
expect "bench: of a line without counts, too" $'skipped: no counts are committed for Linux 7.2\nrc 0' \
	"$(counts 7.2.1 "gcc 12" 9999 2000)"
expect "bench: a row that is gone fails" $'FAILED outside.open: there is no such row any more\nrc 1' \
	"$(counts 6.1.0-5 "gcc 12" "" 2000)"
expect "bench: an update takes the place of its line only" \
	$'# head\ncompiler 6.12.9 gcc 13\noutside.open 5 6 6.12.9\ncompiler 6.1.0-6 gcc 14\noutside.open 1500 2000 6.1.0-6\nrc 0' \
	"$(counts 6.1.0-6 "gcc 14" 1500 2000 1)"
expect "bench: the table of several kernels has the figures of the first and all ratios" \
	"| outside every scope, open+close (beside no module) | 10 / 10 | 1.000 | 2.000 | 1.002 |" \
	"$(table_of_two | tail -n 1)"
expect "plot: each series is a line with its points, and a label" $'3 points\n2 points\na&amp;b\nc' \
	"$(printf '%s\t%s\t%s\t%s\n' 'a&b' fang 0 10 'a&b' fang 5 20 'a&b' fang 10 25 c mainline 1 1 c mainline 2 4 |
		awk -v title=t -f bench-plot.awk | sed -nE -e '/<polyline/ s/[^,]//gp' -e 's/.*class="label.*>(.*)<.text>/\1/p' |
		sed -e 's/^,,,$/3 points/' -e 's/^,,$/2 points/')"
expect "plot: without points there is none" 'rc 1' "$(awk -f bench-plot.awk </dev/null; echo "rc $?")"

# At the end, so that a script that is cut off has none.
echo "1..$number"
exit "$failed"
