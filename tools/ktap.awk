# Reads what tools/guest-test prints: KTAP, suite by suite, between
#   # fang-suite begin NAME
#   # fang-suite end NAME EXIT-CODE
# and prints a line a result, as it comes:
#   pass|fail|skip <tab> suite <tab> case <tab> detail
# Other lines (diagnostics) go to standard error; those between a failed case and
# the result before it are its detail, too. What is promised by a plan and
# does not come is a failure, and so is a suite that has no plan, or no end.
# A result with subtests counts only where no subtest explains its failure.

# Of each end of what is said: an exception is told by its beginning, asserts by the last ones.
BEGIN { DETAIL_CHARACTERS = 400 }

function result(status, name, detail) {
	if (status == "fail" && detail == "")
		detail = beginning (left_out ? " ..." : "") said
	beginning = said = ""
	left_out = 0
	printf "%s\t%s\t%s\t%s\n", status, suite, name, detail
	fflush()
	if (status == "fail")
		failed = 1
}

function reset(depth,   d) {
	for (d = depth; d <= deepest; d++) {
		delete plan[d]
		seen[d] = 0
		group_failed[d] = 0
		group[d] = ""
	}
	if (depth == 0)
		deepest = 0
}

function check_plan(depth) {
	if (!(depth in plan))
		result("fail", where(depth) "plan", "no line 1..N")
	else if (seen[depth] < plan[depth])
		result("fail", where(depth) "results " seen[depth] + 1 " to " plan[depth],
		       "missing")
	else if (seen[depth] > plan[depth])
		result("fail", where(depth) "plan", seen[depth] " results where " \
		       plan[depth] " were promised")
}

function where(depth) { return depth > 0 && group[depth] != "" ? group[depth] ": " : "" }

function take_result(depth, line,   ok, number, name, directive, at) {
	ok = line !~ /^not /
	sub(/^(not )?ok +/, "", line)
	number = line + 0
	sub(/^[0-9]+ */, "", line)
	sub(/^- +/, "", line)
	directive = ""
	at = match(line, / *# *(SKIP|TODO|XFAIL)/)
	if (at) {
		directive = substr(line, at)
		line = substr(line, 1, at - 1)
		sub(/^ *# */, "", directive)
	}
	name = where(depth) line
	if (depth > deepest)
		deepest = depth
	if (++seen[depth] != number) {
		result("fail", name, "result " number " came as the " seen[depth] "th")
		seen[depth] = number
	}
	if (seen[depth + 1] > 0 || (depth + 1) in plan) {
		group[depth + 1] = line
		check_plan(depth + 1)
		if (!ok && !group_failed[depth + 1])
			result("fail", name, "though no part of it failed")
		reset(depth + 1)
	} else if (directive ~ /^SKIP/) {
		sub(/^SKIP:? */, "", directive)
		result("skip", name, directive)
	} else if (ok || directive != "") {
		result("pass", name, directive)
	} else {
		result("fail", name, "")
		group_failed[depth] = 1
	}
}

function end_suite(code) {
	check_plan(0)
	if (code != 0 && !failed)
		result("fail", "exit code", "is " code " though nothing failed")
	suite = ""
}

BEGIN { FS = " "; reset(0) }

{ sub(/\r$/, "") }

/^# fang-suite begin / {
	suite = $4
	failed = 0
	reset(0)
	next
}

/^# fang-suite end / {
	end_suite($5)
	next
}

suite == "" {
	print > "/dev/stderr"
	next
}

/^ *1\.\.[0-9]+/ {
	match($0, /^ */)
	depth = RLENGTH / 2
	line = substr($0, RLENGTH + 4)
	plan[depth] = line + 0
	if (depth > deepest)
		deepest = depth
	# Older writers skip a whole suite by an empty plan with a reason.
	if (depth == 0 && plan[0] == 0 && match(line, /# *SKIP/))
		result("skip", "all", substr(line, RSTART + RLENGTH + 1))
	next
}

/^ *(not )?ok [0-9]+/ {
	match($0, /^ */)
	take_result(RLENGTH / 2, substr($0, RLENGTH + 1))
	next
}

/^ *# Subtest: / {
	match($0, /^ */)
	depth = RLENGTH / 2
	group[depth] = substr($0, RLENGTH + 12)
	next
}

/^ *Bail out!/ { result("fail", "bail out", substr($0, index($0, "!") + 2)); next }
/^ *KTAP version/ || /^ *TAP version/ { next }

{
	print > "/dev/stderr"
	if (sub(/^ *# */, "") && !/^[0-9]+ ms$/) {
		gsub(/\t/, " ")
		said = said (beginning said == "" ? "" : " | ") $0
		if (beginning == "" || (!left_out && length(beginning said) <= DETAIL_CHARACTERS)) {
			beginning = substr(beginning said, 1, DETAIL_CHARACTERS)
			said = ""
		} else if (length(said) > DETAIL_CHARACTERS) {
			said = substr(said, length(said) - DETAIL_CHARACTERS + 1)
			left_out = 1
		}
	}
}

END {
	if (suite != "") {
		if (0 in plan)
			check_plan(0)
		result("fail", "end", "the suite was cut off")
	}
}
