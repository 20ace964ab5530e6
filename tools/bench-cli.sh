#!/bin/bash
# What a start costs: fangctl beside targetcli and the tools in C that Debian has.
# All commands run in turns, so that whatever else the machine does hits them alike;
# of each the median counts, of user and system time together. fangctl works on
# plain files in the form of the module's directory.
#   bench-cli.sh FANGCTL TREE-MAKER ROUNDS
set -eu

fangctl=$1
tree=$2
rounds=$3
# Python would write its compiled files where root may; the packages brought theirs.
unset PYTHONDONTWRITEBYTECODE
# In memory: what a disc takes is not the tools' doing.
tmp=$(TMPDIR=/dev/shm mktemp -d)
trap 'rm -rf "$tmp"' EXIT
# targetcli reads its settings there.
export HOME=$tmp
mkdir -p "$tmp/.targetcli"
export FANG_CONFIGFS=$tmp/fang FANG_RUN=$tmp/run LC_ALL=C.UTF-8

readonly GROUPS_APPLIED=10

cat >"$tmp/Bare.java" <<'JAVA'
public class Bare {
    public static void main(String[] args) {
        System.out.println("bare");
    }
}
JAVA
"${JAVA_HOME:+$JAVA_HOME/bin/}javac" -d "$tmp" "$tmp/Bare.java"

{
	echo "version: 1"
	echo "groups:"
	for ((i = 1; i <= GROUPS_APPLIED; i++)); do
		echo "  g$i: {priority: 1$i, mask: [open_access], timeout: 6s, max_extensions: 12, on_timeout: allow,"
		echo "    on_no_listener: allow, scopes: [{subtree: /srv}],"
		echo "    exemptions: [{exe: /bin/true}], rules: [{subtree: /srv, respond: deny}]}"
	done
} >"$tmp/ten.yaml"

names=()
declare -A command times
add() {
	names+=("$1")
	command[$1]=$2
}

java=${JAVA_HOME:+$JAVA_HOME/bin/}java
# Two: as one would start it for speed, and with the options that the launcher gives.
add "bare JVM" "$java -XX:TieredStopAtLevel=1 -XX:+UseSerialGC -XX:-UsePerfData -Xshare:auto -cp $tmp Bare"
add "bare JVM, our options" "$java -XX:TieredStopAtLevel=1 -XX:+UseG1GC -XX:ParallelGCThreads=1 -XX:ConcGCThreads=1 \
	-XX:-UsePerfData -Xshare:auto -Xmx64m -XX:+UnlockDiagnosticVMOptions -XX:ArchiveRelocationMode=0 -cp $tmp Bare"
add "targetcli --version" "targetcli --version"
add "fangctl --version" "$fangctl --version"
add "fangctl show g1 timeout" "$fangctl show g1 timeout"
add "fangctl list (10 groups)" "$fangctl list"
add "fangctl check (10 groups)" "$fangctl check -f $tmp/ten.yaml"
add "fangctl apply (10 groups)" "$fangctl apply -f $tmp/ten.yaml"
add "auditctl -v" "auditctl -v"
add "nft --version" "nft --version"
add "nvme version" "nvme version"

# spent COMMAND: milliseconds of CPU, its children's too.
TIMEFORMAT='%3U %3S'
spent() {
	local words
	# shellcheck disable=SC2086 # a command line
	words=$({ time $1 >"$tmp/out" 2>&1 </dev/null || touch "$tmp/failed"; } 2>&1)
	awk '{ printf "%d", ($1 + $2) * 1000 + 0.5 }' <<<"$words"
}

# Each apply finds the files as they were.
sh "$tree" "$tmp/fresh" "$GROUPS_APPLIED"
for ((round = 0; round < rounds; round++)); do
	for name in "${names[@]}"; do
		rm -rf "$tmp/fang"
		cp -r "$tmp/fresh" "$tmp/fang"
		took=$(spent "${command[$name]}")
		if [ -e "$tmp/failed" ]; then
			cat "$tmp/out" >&2
			echo "failed: ${command[$name]}" >&2
			exit 1
		fi
		times[$name]+=" $took"
	done
done

median() { tr ' ' '\n' <<<"$1" | grep . | sort -n | awk '{ t[NR] = $1 } END { print t[int((NR + 1) / 2)] }'; }
ratio() { awk -v a="$1" -v b="$2" 'BEGIN { printf "%.2f", a / b }'; }

bare=$(median "${times["bare JVM"]}")
peer=$(median "${times["targetcli --version"]}")
printf '%-28s %6s  %12s  %12s\n' COMMAND "ms CPU" "of targetcli" "of bare JVM"
for name in "${names[@]}"; do
	ms=$(median "${times[$name]}")
	printf '%-28s %6d  %12s  %12s\n' "$name" "$ms" "$(ratio "$ms" "$peer")" "$(ratio "$ms" "$bare")"
done
