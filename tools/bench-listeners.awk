# Makes a table of the figures of several listeners; see kernel/tests/bench/listeners.c.

# "busy" is the part of the time of the guest's processors in which they had something to do; "woken" how many listeners
# are for an open while all of them sleep. Both sides of each: Fang / mainline.
BEGIN { FORMAT = "%-9s %13s %6s %13s %13s %17s %17s %17s %13s\n" }

/^listeners\.[a-z]+\.[0-9]+\.[a-z0-9]+ [0-9.]+$/ {
	split($1, word, ".")
	value[word[2], word[3], word[4]] = $2
	if (word[3] + 0 > most)
		most = word[3] + 0
	next
}
{ print }

function v(side, count, what) { return value[side, count, what] }

function both(count, what) { return v("fang", count, what) " / " v("mainline", count, what) }

function scaled(side, count) { return sprintf("%.2f", v(side, count, "rate") / v(side, 1, "rate")) }

END {
	if (!most)
		exit 1
	printf FORMAT, "LISTENERS", "opens a s", "ratio", "of one", "busy", "p50 us", "p90 us", "p99 us", "woken"
	for (i = 1; i <= most; i++)
		printf FORMAT, i, both(i, "rate"), sprintf("%.2f", v("fang", i, "rate") / v("mainline", i, "rate")), \
			scaled("fang", i) " / " scaled("mainline", i), both(i, "busy"), both(i, "p50"), both(i, "p90"), both(i, "p99"), \
			both(i, "wakeups")
}
