# Of results as ktap.awk makes them, those whose suite and case -v only names, all
# without it; with -v failures=1 failures, too. "SUITE: PART" is read as guest-test
# reads it: a part of the names of that suite's cases.
BEGIN {
	FS = "\t"
	if (match(only, /^[a-z]+: */)) {
		suite = substr(only, 1, index(only, ":") - 1)
		part = substr(only, RLENGTH + 1)
	}
}

index($2 ": " $3, only) || (suite == $2 && index($3, part)) || (failures && $1 == "fail") {
	print
	fflush()
}
