#!/bin/bash
# check-promises.sh ROOT: says which cases kernel/Documentation/promises.rst names
# that are not there, and which of its statements have nothing below them, or no
# proof.
set -euo pipefail
cd "$1"

{
	# One name a line: of the module's cases, the model's, the self-tests, the guest's.
	sed -nE 's#^CASE(_LIMITED)?\(([a-z0-9_]+).*#\2#p; T; F' kernel/tests/*.c |
		awk '/\.c$/ { sub(/.*\//, ""); sub(/\.c$/, ""); print $0 "." name; next } { name = $0 }'
	sed -nE 's/^(holds|ends|broken) *\| *([a-z0-9_]+) *\|.*/model:\2/p' kernel/model/cases
	sed -nE 's/^(static )?void ([a-z0-9_]+)\(.*/selftest:\2/p' kernel/selftest/*.c
	sed -nE 's/^\t?one[_ ]([a-z]+) "([^"]+)".*/\1: \2/p' tools/guest-test
	# shellcheck disable=SC2016 # as it stands in the script
	sed -nE 's/^\tguest_step "\$filter" "([^"]+)".*/guest: \1/p' tools/test.sh
	cat ctl/src/test/java/fang/ctl/guest/*Cases.java |
		sed -nE 's/.*cases\.put\("([^"]+)".*/tool: \1/p'
} | awk '
	function complain(text) { print "promises.rst:" text; bad = 1 }

	# The names in what was gathered since the last statement.
	function look(   count, name, i) {
		count = split(names, name, /, */)
		for (i = 1; i <= count; i++)
			if (!(name[i] in known))
				complain(at ": there is no case " name[i])
		names = ""
	}

	FILENAME == "-" { known[$0] = 1; next }

	/^    / {
		sub(/^ +/, "")
		if (names == "")
			at = FNR
		if (/^Not proven/) {
			complain(FNR ": what nothing proves is no promise")
			unproven = 1
		}
		if (!unproven)
			names = names (names == "" ? "" : " ") $0
		statement = 0
		rows++
		next
	}

	{
		look()
		unproven = 0
		# Headings, the table and paragraphs of several lines are no statements.
		if (statement && $0 == "")
			complain(statement ": nothing stands below this statement")
		statement = 0
	}

	/^[A-Za-z].*\.$/ && before == "" { statement = FNR }
	{ before = $0 }

	END {
		look()
		if (statement)
			complain(statement ": nothing stands below this statement")
		if (!rows)
			complain(" has no statement")
		exit bad
	}
' - kernel/Documentation/promises.rst
