#!/bin/bash
# What Fang does, step by step, in a guest: each step is shown as what an admin
# would type and what came back, and compared with what is promised. Ends with a
# table; the exit code is 1 if any step differs.
#
# Job control is on, so that a pipeline in the background has a process group of
# its own: fangctl listen exempts its whole group, which must not be ours.
#
# Conditions are words until they are evaluated:
# shellcheck disable=SC2016
set -um

FANG=/sys/kernel/config/fang
AV=$FANG/groups/antivirus
SHARE=/srv/share
# Longest that anything here may take under emulation on a busy machine.
LIMIT_S=60

step=0
failed=0
titles=()
results=()

begin() {
	step=$((step + 1))
	titles[step]=$1
	results[step]="as promised"
	printf '\n== %d. %s\n' "$step" "$1"
}

differs() {
	results[step]="DIFFERS: $1"
	failed=$((failed + 1))
	printf '!! differs from what is promised: %s\n' "$1"
}

# run COMMAND: show it and what it says; its exit code is in $rc, its output in $out.
run() {
	printf '# %s\n' "$1"
	out=$(eval "$1" 2>&1)
	rc=$?
	[ -z "$out" ] || printf '%s\n' "$out"
}

# start COMMAND: show it and run it in the background; its process is $job.
start() {
	printf '# %s &\n' "$1"
	eval "$1 &"
	job=$!
}

stop() { { kill "$1" && wait "$1"; } 2>/dev/null; }

expect_ok() { [ "$rc" -eq 0 ] || differs "exit code $rc"; }
expect_says() { [[ $out == *"$1"* ]] || differs "\"$1\" was expected"; }
counter() { cat "$AV/stats/$1"; }
# expect_counter NAME BEFORE BY: it went up by so much.
expect_counter() {
	local now
	now=$(counter "$1")
	printf '  %s: %d -> %d\n' "$1" "$2" "$now"
	[ "$now" -eq $(($2 + $3)) ] || differs "$1 should have gone up by $3"
}

# wait_until WHAT CONDITION: wait for it, but not for ever.
wait_until() {
	local end=$((SECONDS + LIMIT_S))
	until eval "$2"; do
		if [ "$SECONDS" -ge "$end" ]; then
			differs "$1 did not happen within $LIMIT_S s"
			return 1
		fi
		sleep 0.1
	done
}

is_pending() { [ -s "$AV/pending" ] && [ -n "$(cat "$AV/pending")" ]; }
has_listener() { [ "$(cat "$AV/listeners")" -ge 1 ]; }

# A scanner in a few lines: reads events as JSON, writes decisions.
cat >/run/scanner <<'SCANNER'
#!/bin/bash
echo $$ >/run/scanner.pid
jq -r --unbuffered 'select(.deadline_ns) | [.id, .path] | @tsv' | while IFS=$'\t' read -r id path; do
	if grep -qs EICAR "$path"; then echo "$id deny"; else echo "$id allow fastpath"; fi
done
SCANNER
chmod 755 /run/scanner

# A file system of its own: the guest's root is an overlay, on which nothing is
# remembered, because a layer can change below it.
mkdir -p "$SHARE"
mount -t tmpfs share "$SHARE"
echo "nothing bad in here" >"$SHARE/clean.txt"
echo "nor in here" >"$SHARE/other.txt"
# The EICAR test string, which every virus scanner knows; in two parts, so that
# none takes this script for it.
printf '%s%s\n' 'X5O!P%@AP[4\PZX54(P^)7CC)7}$' 'EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*' \
	>"$SHARE/eicar.com"

begin "Load the module"
run "insmod /fang/fang.ko && cat $FANG/features"
expect_ok
expect_says wait_outside_srcu

begin "Make a group with mkdir and echo alone, and hear of a write"
run "cd $FANG/groups && mkdir notes && cd notes && echo close_write >mask && echo 50 >priority"
expect_ok
run "mkdir -p /tmp/notes && cd $FANG/groups/notes && mkdir scopes/here && echo subtree >scopes/here/type &&
  echo /tmp/notes >scopes/here/path && echo 1 >scopes/here/enabled && echo 1 >enabled"
expect_ok
start "fangctl listen notes --count 1 >/run/heard"
wait_until "the listener's joining" '[ "$(cat $FANG/groups/notes/listeners)" = 1 ]'
run "echo buy milk >/tmp/notes/today.txt"
wait "$job"
run "cat /run/heard"
expect_says "close_write"
expect_says "/tmp/notes/today.txt"

begin "Apply the antivirus profile"
run "fangctl apply -f /fang/profiles/antivirus.yaml"
expect_ok
expect_says "created antivirus"
run "fangctl list"
expect_says antivirus

begin "Start a listener: a pipeline that scans and responds"
start "fangctl listen antivirus -o jsonl | /run/scanner | fangctl respond antivirus"
scanning=$job
wait_until "the listener's joining" has_listener
run "cat $AV/listeners"
expect_says 1

begin "A clean file opens"
asked=$(counter asked)
run "cat $SHARE/clean.txt"
expect_says "nothing bad in here"
expect_counter asked "$asked" 1

begin "The EICAR test file is refused"
denied=$(counter denied)
run "cat $SHARE/eicar.com"
expect_says "Operation not permitted"
expect_counter denied "$denied" 1

begin "The second open of the clean file is answered by the fastpath"
asked=$(counter asked)
hits=$(counter fastpath_hits)
run "cat $SHARE/clean.txt"
expect_ok
expect_counter fastpath_hits "$hits" 1
expect_counter asked "$asked" 0

begin "Writing to the file ends that"
run "echo one more line >>$SHARE/clean.txt"
asked=$(counter asked)
run "cat $SHARE/clean.txt"
expect_ok
expect_counter asked "$asked" 1

begin "So does a shared writable mapping, which raises no event when it is written"
hits=$(counter fastpath_hits)
start "/fang/fang-map $SHARE/clean.txt >/run/mapped"
mapper=$job
wait_until "the mapping" '[ -s /run/mapped ]'
asked=$(counter asked)
run "cat $SHARE/clean.txt"
run "cat $SHARE/clean.txt"
expect_counter asked "$asked" 2
expect_counter fastpath_hits "$hits" 0
stop "$mapper"

begin "A flush, as after new virus definitions, asks again"
run "cat $SHARE/other.txt"
asked=$(counter asked)
run "cat $SHARE/other.txt"
expect_counter asked "$asked" 0
run "echo 1 >$AV/fastpath/flush"
run "cat $SHARE/other.txt"
expect_counter asked "$asked" 1

begin "The listener is killed while an opener waits: the opener goes on"
run "echo allow >$AV/on_no_listener"
kill -STOP "$(cat /run/scanner.pid)" "$(pgrep -P "$(cat /run/scanner.pid)" jq)"
run "echo 1 >$AV/fastpath/flush"
abandoned=$(counter abandoned)
start "cat $SHARE/other.txt >/run/went-on"
opener=$job
wait_until "the request" 'is_pending && [ "$(awk "{ print \$5 }" $AV/pending)" != - ]'
run "cat $AV/pending"
run "kill -9 $(awk '{ print $5 }' "$AV/pending")"
wait "$opener"
rc=$?
run "cat /run/went-on"
expect_says "nor in here"
[ "$rc" -eq 0 ] || differs "the opener got exit code $rc"
expect_counter abandoned "$abandoned" 1
kill -KILL -- "-$(ps -o pgid= -p "$(cat /run/scanner.pid)" | tr -d ' ')" 2>/dev/null
wait "$scanning" 2>/dev/null

begin "A listener that never responds meets its time-out"
run "echo 1000 >$AV/timeout_ms"
start "sleep $LIMIT_S <>/dev/fang/antivirus"
sleeper=$job
wait_until "the listener's joining" has_listener
timed_out=$(counter timed_out)
run "cat $SHARE/other.txt"
expect_says "Operation not permitted"
expect_counter timed_out "$timed_out" 1
stop "$sleeper"

begin "Every request was settled"
run "cat $AV/stats/asked $AV/stats/settled"
[ "$(counter asked)" -eq "$(counter settled)" ] || differs "asked and settled do not agree"
[ -z "$(cat "$AV/pending")" ] || differs "something is still pending"

begin "Remove everything"
run "fangctl disable antivirus && fangctl delete antivirus"
expect_ok
run "cd $FANG/groups && echo 0 >notes/enabled && echo 0 >notes/scopes/here/enabled &&
  rmdir notes/scopes/here notes && cd / && rmmod fang"
expect_ok
run "ls /dev/fang $FANG"
[ "$rc" -ne 0 ] || differs "something is left"
expect_says "No such file or directory"

printf '\n'
for ((i = 1; i <= step; i++)); do
	printf '%3d  %-76s %s\n' "$i" "${titles[i]}" "${results[i]}"
done
[ "$failed" -eq 0 ]
