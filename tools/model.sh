# shellcheck shell=bash
# ./dev model: the model of an access request's life in kernel/model, checked by
# spin: every order in which things can happen, within the bounds of each case.

# Two cases at a time, each a process of at most this memory. The largest takes
# half of it, and a minute on a slow core.
readonly MODEL_JOBS=2
readonly MODEL_MEM_MIB=1500
readonly MODEL_LIMIT_S=900

# Steps of the longest run, with room; the longest so far has less than 300.
readonly MODEL_DEPTH=10000

MODEL_SOURCE=$ROOT/kernel/model/request.pml
MODEL_CASES=$ROOT/kernel/model/cases
readonly MODEL_SOURCE MODEL_CASES

# verb_model [NAME...]: all cases, or those.
verb_model() {
	local expected name switches what dir started=$SECONDS failed=0 ran=0
	local -a pids=()
	new_tmp dir
	mkdir -p "$BUILD/log"
	for name; do
		grep -q "^[^|]*| *$name " < <(model_cases) || die "no such case of the model: $name"
	done
	while IFS='|' read -r expected name switches what; do
		read -r expected <<<"$expected"
		read -r name <<<"$name"
		[ $# = 0 ] || [[ " $* " == *" $name "* ]] || continue
		while [ "$(jobs -pr | wc -l)" -ge "$MODEL_JOBS" ]; do wait -n || true; done
		model_case "$dir/$name" "$expected" "$name" "$switches" "${what# }" &
		pids+=("$!")
		CHILDREN+=("$!")
		ran=$((ran + 1))
	done < <(model_cases)
	for name in "${pids[@]}"; do
		wait "$name" || failed=$((failed + 1))
	done
	CHILDREN=()
	if [ "$failed" != 0 ]; then
		say "$failed of $ran cases of the model are not as expected"
		return 1
	fi
	say "$ran cases of the model are as expected, after $((SECONDS - started)) s"
}

model_cases() { sed '/^#/d; /^ *$/d' "$MODEL_CASES"; }

# model_case DIR EXPECTED NAME SWITCHES WHAT: one line about it; its log in
# build/log. Runs in a process of its own, which cleans up for itself.
model_case() {
	local dir=$1 expected=$2 name=$3 what=$5 found rc=0
	local log=$BUILD/log/model-$name.log
	local -a switches=()
	TMP_DIRS=() CHILDREN=()
	arm_clean_up
	read -ra switches <<<"$4"
	switches=("${switches[@]/#/-D}")
	mkdir "$dir"
	cd "$dir" || exit
	model_run "$expected" "${switches[@]}" >"$log" 2>&1 || rc=$?
	found=$(model_found "$log" "$rc")
	case $expected-$found in
	holds-holds | ends-holds)
		printf 'holds   %s: %s (%s states)\n' "$name" "$what" "$(model_states "$log")"
		;;
	broken-holds)
		printf 'NOT OK  %s: %s: was not seen\n' "$name" "$what"
		return 1
		;;
	broken-wrong*)
		printf 'seen    %s: %s (%s)\n' "$name" "$what" "${found#* }"
		;;
	*)
		# How it came to that, step by step.
		spin -t -k request.pml.trail -p -g -l "${switches[@]}" "$MODEL_SOURCE" >>"$log" 2>&1 || true
		printf 'NOT OK  %s: %s: %s; see %s\n' "$name" "$what" "$found" "${log#"$ROOT/"}"
		return 1
		;;
	esac
}

# model_run EXPECTED SWITCHES...: in the current directory.
model_run() {
	local -a how=(-DSAFETY) search=()
	# Looking for cycles takes another kind of search, and more memory.
	[ "$1" != ends ] || how=(-DNP) search=(-l)
	shift
	spin "-P$(host_compiler) -E -x c" -a "$@" "$MODEL_SOURCE" || return
	"$(host_compiler)" -w -O2 -DCOLLAPSE -DMEMLIM="$MODEL_MEM_MIB" "${how[@]}" -o pan pan.c || return
	nice timeout "$MODEL_LIMIT_S" ./pan -m"$MODEL_DEPTH" "${search[@]}" &
	CHILDREN=("$!")
	wait "$!"
}

# model_found LOG RC: holds, wrong and what, or why there is no result.
model_found() {
	local wrong
	wrong=$(sed -nE '/^pan:1: .* \(at depth [0-9]+\)$/{s/^pan:1: (.*) \(.*/\1/p;q}' "$1")
	if [ "$2" != 0 ]; then
		echo "no result, exit code $2"
	elif grep -qE 'max search depth|out of memory|memory bound|Search not completed' "$1" && [ -z "$wrong" ]; then
		echo "no result, the search was not completed"
	elif [ -n "$wrong" ]; then
		echo "wrong $wrong"
	elif grep -q 'errors: 0$' "$1"; then
		echo holds
	else
		echo "no result"
	fi
}

model_states() { sed -nE '/^ *[0-9.e+]+ states, stored/{s/^ *([^ ]+).*/\1/p;q}' "$1"; }
