# Compares the rows of a run (bench-rows.awk, read before this) with those committed, or
# writes them anew.
#   -v committed=FILE -v kernel=RELEASE -v compiler=TEXT [-v update=1]
# FILE: "compiler RELEASE TEXT" a kernel, and "KEY OURS BESIDE RELEASE" a row of it.
# On another kernel of the same line ratios are compared; with another compiler nothing,
# since it makes other instructions of the same module.

BEGIN {
	LIMIT = 0.02
	# What sums of fractions may be off.
	EPSILON = 1e-9
	line = line_of(kernel)
	while ((getline text < committed) > 0) {
		split(text, word, " ")
		if (text ~ /^#/ || text == "")
			heading = heading text "\n"
		else if (word[1] == "compiler" && word[2] != "") {
			release = word[2]
			if (line_of(release) == line)
				was_kernel = release
			compilers[release] = substr(text, length("compiler " release " ") + 1)
			releases[++kernels] = release
		} else {
			ours[word[4], word[1]] = word[2]
			beside[word[4], word[1]] = word[3]
			keys[word[4]] = keys[word[4]] " " word[1]
		}
	}
	close(committed)
	same = was_kernel == kernel
	if (!update && was_kernel == "")
		say("skipped: no counts are committed for Linux " line)
	else if (!update && compilers[was_kernel] != compiler)
		say("skipped: the counts are of the compiler " compilers[was_kernel] ", this is " compiler)
	else if (!update && !same)
		say("the counts are of Linux " was_kernel ", this is " kernel ": ratios are compared")
}

function say(text) { said = said text "\n" }

function line_of(release, part) {
	split(release, part, ".")
	return part[1] "." part[2]
}

function row(key, name, fang, besides, target) {
	if (key == "")
		return
	seen[key] = 1
	new_keys[++count] = key
	new_ours[key] = fang
	new_beside[key] = besides
}

function moved(before, now) { return before ? now / before - 1 : 0 }

function percent(share) { return sprintf("%+.1f %%", share * 100) }

# Where what stands beside has moved on the same kernel, something else than the module is
# different, such as the emulator: then ratios are compared, too.
function compare(key, before, before_beside, by, words) {
	by = moved(before, new_ours[key])
	words = before " instructions before, " new_ours[key] " now"
	if (!same || moved(before_beside, new_beside[key]) > LIMIT || moved(before_beside, new_beside[key]) < -LIMIT) {
		by = moved(before / before_beside, new_ours[key] / new_beside[key])
		words = sprintf("%.3f of what stands beside it before, %.3f now", before / before_beside,
			new_ours[key] / new_beside[key])
	}
	if (by > LIMIT + EPSILON) {
		say("FAILED " key ": " words " (" percent(by) ")")
		failed++
	} else if (by < -LIMIT)
		say("less   " key ": " words " (" percent(by) "); --update keeps it")
}

function check(n, i, key, wanted) {
	n = split(keys[was_kernel], wanted, " ")
	for (i = 1; i <= n; i++) {
		key = wanted[i]
		if (key in seen)
			compare(key, ours[was_kernel, key], beside[was_kernel, key])
		else {
			say("FAILED " key ": there is no such row any more")
			failed++
		}
	}
	for (i = 1; i <= count; i++)
		if (!((was_kernel, new_keys[i]) in ours)) {
			say("FAILED " new_keys[i] ": not among the counts")
			failed++
		}
	if (!failed)
		say(n " rows within " LIMIT * 100 " % of the counts committed")
}

function write_all(i, j, n, list) {
	printf "%s", heading
	for (i = 1; i <= kernels; i++) {
		if (releases[i] == was_kernel)
			continue
		print "compiler", releases[i], compilers[releases[i]]
		n = split(keys[releases[i]], list, " ")
		for (j = 1; j <= n; j++)
			print list[j], ours[releases[i], list[j]], beside[releases[i], list[j]], releases[i]
	}
	print "compiler", kernel, compiler
	for (i = 1; i <= count; i++)
		print new_keys[i], new_ours[new_keys[i]], new_beside[new_keys[i]], kernel
}

END {
	rows()
	if (update)
		write_all()
	else {
		if (said !~ /^skipped/)
			check()
		printf "%s", said
	}
	exit failed > 0
}
