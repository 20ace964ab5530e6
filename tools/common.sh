# shellcheck shell=bash
# What every part of ./dev leans on: messages, temporary files, locks, the
# cache. Sourced, never run.

# Two runs may want the same cache entry. The second waits for the first, which
# may be downloading 140 MB over a slow line; half an hour is past patience.
readonly LOCK_LIMIT_S=1800

# apt and QEMU live in the sbin directories, which ordinary users lack.
PATH=$PATH:/usr/sbin:/sbin
# Sorting and messages of other tools are read by scripts here.
export LC_ALL=C

ROOT=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
TOOLS=$ROOT/tools
BUILD=$ROOT/build
CACHE=${XDG_CACHE_HOME:-${HOME:?HOME is not set}/.cache}/fang
OFFLINE=${OFFLINE:-}
readonly ROOT TOOLS BUILD CACHE

# Exit codes with a meaning of their own.
readonly EXIT_NEEDS_ROOT=77 # as automake's "skipped": the machine is not ready
readonly EXIT_GUEST=125     # the guest, not the command in it, failed

say() { printf '%s\n' "dev: $*" >&2; }

die() {
	say "$*"
	exit 1
}

mib() { printf '%d MB' $((($1 + 999999) / 1000000)); }

now() { date +%s; }

# Temporary directories of this run, removed however it ends.
TMP_DIRS=()
# Processes of this run, ended however it ends.
CHILDREN=()
# Set where a terminal was put into another mode.
TTY_STATE=

clean_up() {
	local pid dir
	for pid in ${CHILDREN[@]+"${CHILDREN[@]}"}; do
		kill "$pid" 2>/dev/null || true
	done
	[ -z "$TTY_STATE" ] || stty "$TTY_STATE" 2>/dev/null || true
	for dir in ${TMP_DIRS[@]+"${TMP_DIRS[@]}"}; do
		rm -rf "$dir"
	done
}

arm_clean_up() {
	trap clean_up EXIT
	trap 'exit 130' INT
	trap 'exit 143' TERM
	trap 'exit 129' HUP
}

# new_tmp VAR [PARENT]: a fresh directory; its name goes into VAR, since a
# command substitution would register it in a subshell only.
new_tmp() {
	local _made # a name that no caller gives its own variable
	_made=$(mktemp -d "${2:-${TMPDIR:-/tmp}}/fang.XXXXXXXX")
	TMP_DIRS+=("$_made")
	printf -v "$1" %s "$_made"
}

# new_cache_tmp VAR: the same on the cache's file system, so that a rename puts
# a finished entry in place at once or not at all.
new_cache_tmp() {
	mkdir -p "$CACHE/tmp"
	new_tmp "$1" "$CACHE/tmp"
}

# logged COMMAND...: a person at a terminal sees its output as it comes; a log
# gets it only if the command fails.
logged() {
	local dir rc=0
	if [ -t 2 ]; then
		"$@" </dev/null >&2
		return
	fi
	new_tmp dir
	"$@" </dev/null >"$dir/log" 2>&1 || rc=$?
	[ "$rc" = 0 ] || cat "$dir/log" >&2
	return "$rc"
}

# with_lock NAME COMMAND...: one at a time on this cache. Not for use before ||
# or in a condition: there the shell would run on after a failure inside.
with_lock() {
	local name=$1 fd
	shift
	mkdir -p "$CACHE/locks"
	exec {fd}>"$CACHE/locks/$name"
	if ! flock -n "$fd"; then
		say "another run is preparing $name; waiting for it"
		flock -w "$LOCK_LIMIT_S" "$fd" ||
			die "gave up waiting for $name after $LOCK_LIMIT_S s ($CACHE/locks/$name)"
	fi
	"$@"
	exec {fd}>&-
}

# need_network WHAT: refuses under --offline, before anything half-done exists.
need_network() {
	[ -z "$OFFLINE" ] ||
		die "$1 is not in the cache and --offline forbids downloads; run ./dev fetch first"
}

host_release() {
	local id version
	id=$(sed -n 's/^ID=//p' /etc/os-release)
	version=$(sed -n 's/^VERSION_ID="\{0,1\}\([^"]*\).*/\1/p' /etc/os-release)
	case $id-$version in
	debian-12 | debian-13) printf %s "$version" ;;
	*) die "this needs Debian 12 or 13; this host says '${id:-?} ${version:-?}'" ;;
	esac
}

host_codename() {
	case $(host_release) in
	12) printf bookworm ;;
	13) printf trixie ;;
	esac
}

require_amd64() {
	[ "$(dpkg --print-architecture)" = amd64 ] ||
		die "this needs an amd64 host; the guest's kernels are amd64 only"
}
