# Reads Surefire's XML reports and prints a line a test case, like ktap.awk:
#   pass|fail|skip <tab> java <tab> class.case <tab>
# Surefire writes a tag a line; what a test prints stands in CDATA sections,
# where nothing is a tag.

function attribute(name,   at, rest) {
	at = index($0, " " name "=\"")
	rest = substr($0, at + length(name) + 3)
	return substr(rest, 1, index(rest, "\"") - 1)
}

function plain(text) {
	gsub(/&quot;/, "\"", text)
	gsub(/&apos;/, "'", text)
	gsub(/&lt;/, "<", text)
	gsub(/&gt;/, ">", text)
	gsub(/&#[0-9]+;|\t/, " ", text)
	gsub(/&amp;/, "\\&", text)
	return text
}

function close_case() {
	if (open)
		printf "%s\tjava\t%s\t\n", status, name
	open = 0
}

in_text && !/\]\]>/ { next }
in_text { in_text = 0; sub(/^.*\]\]>/, "") }

/<testcase / {
	name = plain(attribute("classname") "." attribute("name"))
	status = "pass"
	open = 1
	if (/\/>[ \t]*$/ && !/<skipped/)
		close_case()
}
# A test that was run again and passed is not a failure, so no "rerunFailure".
/<(failure|error)[ >\/]/ { status = "fail" }
/<skipped/ { status = "skip" }
/<!\[CDATA\[/ && !/\]\]>/ { in_text = 1 }
/<\/testcase>/ { close_case() }
