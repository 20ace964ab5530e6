# Reads the figures of fang-bench, a word and a number a line, and prints each row
# beside mainline's in the same boot. Lines that are no figures pass.

BEGIN { FORMAT = "%-58s %10s %10s %7s  %s\n" }

/^[a-z][a-z0-9.-]+ [0-9.]+$/ { value[$1] = $2; next }
{ print }

# row(NAME, FANG, MAINLINE, TARGET): instructions, or bytes, and their ratio.
function row(name, fang, mainline, target) {
	if (fang == "" || mainline == "")
		return
	printf FORMAT, name, sprintf("%.0f", fang), sprintf("%.0f", mainline), \
		mainline ? sprintf("%.3f", fang / mainline) : "-", target
}

function v(name) { return value[name] }

END {
	printf FORMAT, "INSTRUCTIONS", "FANG", "MAINLINE", "RATIO", "TARGET"
	row("outside every scope, open+close (beside no module)", v("outside.fang.open"), v("plain.open"), "1.002")
	row("outside every scope, pread (beside no module)", v("outside.fang.pread"), v("plain.pread"), "1.002")
	row("fastpath, open+close (beside an ignore mask)", v("fastpath.fang.open"), v("fastpath.mainline.open"), "1.015")
	row("fastpath, pread (beside an ignore mask)", v("fastpath.fang.pread"), v("fastpath.mainline.pread"), "1.015")
	row("fastpath, 100 groups more that want other kinds, of none", v("others.fang.100"), v("others.fang.0"), "1.02")
	row("  the same of mainline's", v("others.mainline.100"), v("others.mainline.0"), "")
	row("fastpath, 100 groups more that want this kind, of none", v("others-alike.fang.100"), v("others-alike.fang.0"), "1.02")
	row("  the same of mainline's", v("others-alike.mainline.100"), v("others-alike.mainline.0"), "")
	row("access round trip, without descriptor", v("access.fang.inode"), v("access.mainline"), "0.70")
	row("access round trip, with path", v("access.fang.path"), v("access.mainline"), "")
	row("access round trip, with descriptor", v("access.fang.fd"), v("access.mainline"), "0.90")
	row("a rule by uid, above a plain open", v("rule.fang.uid") - v("plain.open"), v("access.mainline") - v("plain.open"), "0.10")
	row("a rule by subtree, above a plain open", v("rule.fang.subtree") - v("plain.open"), v("access.mainline") - v("plain.open"), "0.10")
	row("a rule by exe, above a plain open", v("rule.fang.exe") - v("plain.open"), v("access.mainline") - v("plain.open"), "0.10")
	row("notification with inode (beside FID)", v("notify.fang.inode"), v("notify.mainline.fid"), "0.50")
	row("notification with path (beside DFID_NAME)", v("notify.fang.path"), v("notify.mainline.dfid-name"), "0.80")
	row("notification with descriptor", v("notify.fang.fd"), v("notify.mainline.fd"), "0.90")
	row("flush of 100000 entries (beside one)", v("flush.fang.100000"), v("flush.fang.1"), "1")
	row("  the same of mainline's", v("flush.mainline.100000"), v("flush.mainline.1"), "")
}
