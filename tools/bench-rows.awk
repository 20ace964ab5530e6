# The rows of ./dev bench kernel, out of the figures of fang-bench: a word and a number a line.
# Whoever reads this with it has a function
#   row(KEY, NAME, FANG, BESIDE, TARGET)
# KEY is the row's name in tools/bench-counts; none where a row is no promise of ours.

/^[a-z][a-z0-9.-]+ [0-9.]+$/ { value[$1] = $2; next }

function figure(name) { return value[name] }

# pair(...): a row, if both figures are there; above: what is to be taken off both.
function pair(key, name, fang, beside, target, above) {
	if (fang in value && beside in value && (above == "" || above in value))
		row(key, name, value[fang] - value[above], value[beside] - value[above], target)
}

function rows() {
	pair("outside.open", "outside every scope, open+close (beside no module)", "outside.fang.open", "plain.open", "1.002")
	pair("outside.pread", "outside every scope, pread (beside no module)", "outside.fang.pread", "plain.pread", "1.002")
	pair("fastpath.open", "fastpath, open+close (beside an ignore mask)", "fastpath.fang.open", "fastpath.mainline.open", "1.015")
	pair("fastpath.pread", "fastpath, pread (beside an ignore mask)", "fastpath.fang.pread", "fastpath.mainline.pread", "1.015")
	pair("others", "fastpath, 100 groups more that want other kinds, of none", "others.fang.100", "others.fang.0", "1.02")
	pair("", "  the same of mainline's", "others.mainline.100", "others.mainline.0", "")
	pair("others-alike", "fastpath, 100 groups more that want this kind, of none", "others-alike.fang.100", "others-alike.fang.0", "1.02")
	pair("", "  the same of mainline's", "others-alike.mainline.100", "others-alike.mainline.0", "")
	pair("access.inode", "access round trip, without descriptor", "access.fang.inode", "access.mainline", "0.70")
	pair("", "  the same by read() and write()", "access.fang.two-calls", "access.mainline", "")
	pair("access.path", "access round trip, with path", "access.fang.path", "access.mainline", "")
	pair("access.fd", "access round trip, with descriptor", "access.fang.fd", "access.mainline", "0.90")
	pair("rule.uid", "a rule by uid, above a plain open", "rule.fang.uid", "access.mainline", "0.10", "plain.open")
	pair("rule.subtree", "a rule by subtree, above a plain open", "rule.fang.subtree", "access.mainline", "0.10", "plain.open")
	pair("rule.exe", "a rule by exe, above a plain open", "rule.fang.exe", "access.mainline", "0.10", "plain.open")
	pair("notify.inode", "notification with inode (beside FID)", "notify.fang.inode", "notify.mainline.fid", "0.50")
	pair("notify.path", "notification with path (beside DFID_NAME)", "notify.fang.path", "notify.mainline.dfid-name", "0.80")
	pair("notify.fd", "notification with descriptor", "notify.fang.fd", "notify.mainline.fd", "0.90")
	pair("bytes.entry", "bytes of a fastpath entry (beside an ignore mask)", "bytes.fang.entry", "bytes.mainline.entry", "1")
	pair("bytes.inode", "bytes of a queued event with inode (beside FID)", "bytes.fang.inode", "bytes.mainline.fid", "1")
	pair("bytes.path", "bytes of a queued event with path (beside DFID_NAME)", "bytes.fang.path", "bytes.mainline.dfid-name", "1")
	pair("bytes.fd", "bytes of a queued event with descriptor", "bytes.fang.fd", "bytes.mainline.fd", "1")
	pair("flush.1000", "flush of 1000 entries (beside one)", "flush.fang.1000", "flush.fang.1", "1")
	pair("", "  the same of mainline's", "flush.mainline.1000", "flush.mainline.1", "")
	pair("flush", "flush of 100000 entries (beside one)", "flush.fang.100000", "flush.fang.1", "1")
	pair("", "  the same of mainline's", "flush.mainline.100000", "flush.mainline.1", "")
}
