# The rows of runs on several kernels (bench-rows.awk, read after this), a file each, as the table of
# docs/performance.md: the first kernel's figures, and the ratios of all. Files are named bench-kernel-RELEASE.

FNR == 1 { next_kernel() }

function next_kernel() {
	end_kernel()
	kernel[++kernels] = FILENAME
	sub(/.*bench-kernel-/, "", kernel[kernels])
	sub(/[-+].*/, "", kernel[kernels])
}

function end_kernel(name) {
	if (kernels)
		rows()
	for (name in value)
		delete value[name]
}

function row(key, name, fang, beside, target) {
	# Mainline's alone, and what the whole run has at its full size.
	if (key == "" || key == "flush.1000" || !beside)
		return
	if (!(name in figures)) {
		names[++count] = name
		figures[name] = sprintf("%.0f / %.0f", fang, beside)
		bound[name] = target
	}
	ratio[name, kernels] = sprintf("%.3f", fang / beside)
}

END {
	end_kernel()
	printf "| | Fang / mainline, %s |", kernel[1]
	for (k = 1; k <= kernels; k++)
		printf " ratio %s |", kernel[k]
	print " bound |"
	printf "|---|---|---|"
	for (k = 1; k <= kernels; k++)
		printf "---|"
	print ""
	for (i = 1; i <= count; i++) {
		printf "| %s | %s |", names[i], figures[names[i]]
		for (k = 1; k <= kernels; k++)
			printf " %s |", ratio[names[i], k]
		printf " %s |\n", bound[names[i]]
	}
}
