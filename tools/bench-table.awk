# The rows of a run (bench-rows.awk, read before this) as a table; lines that are no figures pass.

BEGIN { FORMAT = "%-58s %10s %10s %7s  %s\n" }

!/^[a-z][a-z0-9.-]+ [0-9.]+$/ { print }

function row(key, name, fang, beside, target) {
	printf FORMAT, name, sprintf("%.0f", fang), sprintf("%.0f", beside), beside ? sprintf("%.3f", fang / beside) : "-", target
}

END {
	printf FORMAT, "INSTRUCTIONS, BYTES", "FANG", "MAINLINE", "RATIO", "TARGET"
	rows()
}
