# shellcheck shell=bash
# ./dev test: stages one after the other, each result a line in one file, one
# summary at the end. A stage that cannot run is a failure, never a silence.

# The guest's suites together take some six minutes under emulation on an idle
# machine; on a busy one with two cores, a few times that.
readonly GUEST_TEST_LIMIT_S=1200

# Programs that do things at the same time need more than one processor to do so. Ten
# thousand scans take minutes under emulation.
readonly PROGRAMS_SMP=2
readonly PROGRAMS_LIMIT_S=2400

# Of Maven's log after a failure: its summary, which names what failed.
readonly MAVEN_LOG_LINES=60

# One line a result: status, suite, case, detail, separated by tabs.
RESULTS=
ONLY=
# Debian's, into which packages are installed.
RELEASE=
# The exit code of the last guest.
GUEST_RC=0

record() {
	printf '%s\t%s\t%s\t%s\n' "$@" >>"$RESULTS"
	printf '%s\t%s\t%s\t%s\n' "$@" | show_results
}

show_results() {
	awk -F '\t' '{
		word["pass"] = "ok     "; word["fail"] = "NOT OK "; word["skip"] = "skipped"
		print word[$1] "  " $2 ": " $3 ($4 == "" ? "" : "  (" $4 ")")
		fflush()
	}'
}

# record_step SUITE CASE COMMAND...: its exit code is the result.
record_step() {
	local suite=$1 name=$2
	shift 2
	if "$@"; then record pass "$suite" "$name" ""; else record fail "$suite" "$name" ""; fi
}

stage_wanted() { [ -z "$ONLY" ] || [[ $1 == *"$ONLY"* ]] || [ "$STAGE_MATCH" = no ]; }

# case_filter: --only as a case's name, where it is not a stage's.
case_filter() { if [ "$STAGE_MATCH" = no ]; then printf %s "$ONLY"; fi; }

# parse_test_options ARGS...: those of a guest, --only, and --release.
parse_test_options() {
	local -a args=()
	while [ $# -gt 0 ]; do
		if [ "$1" = --only ]; then
			[ -n "${2:-}" ] || die "--only needs a name"
			ONLY=$2
			shift
		elif [ "$1" = --release ]; then
			[ -n "${2:-}" ] || die "--release needs a name, such as trixie"
			RELEASE=$2
			shift
		else
			args+=("$1")
		fi
		shift
	done
	parse_vm_options ${args[@]+"${args[@]}"}
	[ ${#VM_REST[@]} -eq 0 ] || die "this takes no ${VM_REST[*]}"
}

verb_test() {
	local started stage line
	local -a stages=(tools java module guest)
	parse_test_options "$@"
	[ "$ONLY" != boot ] || [ "$VM_KERNEL" = "$(default_kernel)" ] || die "--only boot has the kernel of its release"
	[ -z "$RELEASE" ] || [ "$ONLY" = packages ] || die "--release goes with --only packages"
	VM_LIMIT=$((GUEST_TEST_LIMIT_S * VM_SLOWNESS))
	local dir
	new_tmp dir
	RESULTS=$dir/results
	: >"$RESULTS"
	STAGE_MATCH=no
	# By themselves only: slow, and for root; or they want packages of their own.
	case $ONLY in
	packages | boot | ansible | fleet | programs) stages=("$ONLY") ;;
	# Of one of the guest's suites.
	module:* | fuzz:* | tool:* | load:* | guest:*) stages=(guest) ;;
	*:*) [ ! -x "$TOOLS/programs/${ONLY%%:*}" ] || stages=(programs) ;;
	esac
	# The guest's packages are of this stage.
	case ${stages[*]} in fleet | programs) GUEST_MORE=$TOOLS/guest-packages-${stages[*]} ;; esac
	if [ "${stages[*]}" = programs ]; then
		[ "$VM_SMP" -ge "$PROGRAMS_SMP" ] || VM_SMP=$PROGRAMS_SMP
		VM_LIMIT=$((PROGRAMS_LIMIT_S * VM_SLOWNESS))
	fi
	for stage in "${stages[@]}"; do
		if [ -n "$ONLY" ] && [[ $stage == *"$ONLY"* ]]; then STAGE_MATCH=yes; fi
	done
	# What has to be fetched is fetched before anything is judged.
	if [[ " ${stages[*]} " == *" module "* ]] && stage_wanted module; then
		for line in $(wanted_built_lines); do use_kernel "$line"; done
	fi
	case ${stages[*]} in
	packages | ansible) ;;
	*) prepare_vm ;;
	esac
	for stage in "${stages[@]}"; do
		stage_wanted "$stage" || continue
		echo "== $stage"
		started=$SECONDS
		"stage_$stage"
		echo "-- $stage: $((SECONDS - started)) s"
	done
	summarize
}

stage_tools() {
	{
		echo "# fang-suite begin tools"
		"$TOOLS/selftest.sh" && rc=0 || rc=$?
		echo "# fang-suite end tools $rc"
	} | awk -f "$TOOLS/ktap.awk" | filtered | tee -a "$RESULTS" | show_results
}

# filtered: of results made in any case, those that --only names, and failures.
filtered() { awk -v only="$(case_filter)" -v failures=1 -f "$TOOLS/named.awk"; }

stage_java() {
	[ -e "$ROOT/pom.xml" ] || return 0
	local filter rc=0 log=$BUILD/log/verify.log
	local -a select=()
	filter=$(case_filter)
	[ -z "$filter" ] || select=("-Dtest=*$filter*,*#*$filter*" -Dsurefire.failIfNoSpecifiedTests=false)
	mkdir -p "$BUILD/log"
	rm -rf "$ROOT"/ctl/target/surefire-reports
	maven ${select[@]+"${select[@]}"} verify >"$log" 2>&1 || rc=$?
	read_surefire | tee -a "$RESULTS" | summarize_java
	if [ "$rc" != 0 ]; then
		tail -n "$MAVEN_LOG_LINES" "$log" >&2
		record fail java "mvn verify" "all of it: build/log/verify.log"
	elif [ -z "$filter" ] && ! grep -q '^[a-z]*	java' "$RESULTS"; then
		record fail java "mvn verify" "ran no test"
	elif [ -z "$filter" ]; then
		record pass java "mvn verify" ""
	fi
}

# read_surefire: a line a test case of Surefire's reports.
read_surefire() {
	local -a reports=("$ROOT"/ctl/target/surefire-reports/TEST-*.xml)
	[ -e "${reports[0]}" ] || return 0
	awk -f "$TOOLS/surefire.awk" "${reports[@]}"
}

# summarize_java: hundreds of unit tests are shown a line a class, and failures.
summarize_java() {
	awk -F '\t' '
		$1 == "fail" { print "NOT OK   java: " $3 }
		{
			class = $3
			sub(/\.[^.]*$/, "", class)
			if (class ~ /[({]/)
				sub(/[({].*/, "", class)
			count[class]++
			if ($1 == "skip")
				skipped[class]++
			if ($1 == "fail")
				failed[class]++
		}
		END {
			for (class in count)
				if (!failed[class])
					print "ok       java: " class "  (" count[class] \
						(skipped[class] ? ", " skipped[class] " skipped" : "") ")" | "sort"
		}'
}

stage_module() {
	local filter line
	filter=$(case_filter)
	[ -e "$ROOT/kernel/Kbuild" ] || return 0
	mkdir -p "$BUILD"
	module_step "$filter" "builds without warnings ($KERNEL_RELEASE)" build_module
	module_step "$filter" "debug builds without warnings ($KERNEL_RELEASE)" build_module debug
	for line in $(wanted_built_lines); do
		module_step "$filter" "builds without warnings for $line" build_module_for "$line"
	done
	module_step "$filter" "test programs build without warnings" build_test_programs
	if grep -qs '^check:' "$ROOT/kernel/tests/Makefile"; then
		module_step "$filter" "test programs pass what needs no module" \
			make_test_programs -s check
	fi
	module_step "$filter" "includes point downwards" "$TOOLS/check-includes.sh" "$ROOT/kernel"
}

# What else to build for: nothing, where a certain kernel was asked for.
wanted_built_lines() { [ "$VM_KERNEL" != "$(default_kernel)" ] || built_lines; }

build_module_for() {
	local rc=0
	use_kernel "$1"
	build_module || rc=$?
	use_kernel "$VM_KERNEL"
	return "$rc"
}

module_step() {
	local filter=$1 name=$2
	shift 2
	case $name in *"$filter"*) record_step module "$name" "$@" ;; esac
}

stage_guest() {
	[ -e "$ROOT/kernel/Kbuild" ] || return 0
	local suites=/fang/guest-test filter
	filter=$(case_filter)
	# --only may have left out what makes these; two modules, as one takes the other's place.
	if ! build_module || ! build_module debug || ! build_test_programs || ! build_tool; then
		record fail guest "what the guest runs builds" ""
		return
	fi
	[ -z "$filter" ] || suites+=" $(printf %q "$filter")"
	case $filter in guest:*) ;; *) run_suites "$suites" ;; esac
	guest_step "$filter" "the kernel's command line keeps the module or its enforcement off" \
		check_command_line
	if is_sanitizer "$VM_KERNEL"; then
		record_step guest "a use after free on purpose is found" \
			check_use_after_free_is_found
	fi
}

# guest_step FILTER NAME COMMAND...: one that needs a guest of its own.
guest_step() {
	local filter=$1 name=$2
	shift 2
	case "guest: $name" in *"$filter"*) record_step guest "$name" "$@" ;; esac
}

# stage_programs: programs of others with fangctl, in a guest that has them.
stage_programs() {
	local suites=/fang/guest-programs filter
	filter=$(case_filter)
	if ! build_module debug || ! build_test_programs || ! build_tool; then
		record fail programs "what the guest runs builds" ""
		return
	fi
	[ -z "$filter" ] || suites+=" $(printf %q "$filter")"
	run_suites "$suites"
}

check_command_line() {
	VM_FLAVOUR=debug GUEST_LOAD='' VM_APPEND='fang.enforce=0 module_blacklist=fang' \
		run_guest /fang/guest-command-line >&2
}

# run_suites COMMAND: what it prints in the guest, and how the guest ends.
run_suites() {
	local dir reader
	new_tmp dir
	mkfifo "$dir/ktap"
	awk -f "$TOOLS/ktap.awk" <"$dir/ktap" | filtered | tee -a "$RESULTS" | show_results &
	reader=$!
	GUEST_RC=0
	VM_FLAVOUR=debug GUEST_LOAD='' run_guest "$1" >"$dir/ktap" || GUEST_RC=$?
	wait "$reader" || true
	if [ "$GUEST_RC" = "$EXIT_GUEST" ]; then
		record fail guest "the guest ends in order with a clean console ($KERNEL_RELEASE)" \
			"$(console_finding)"
	else
		record pass guest "the guest ends in order with a clean console ($KERNEL_RELEASE)" ""
	fi
	if [ "$GUEST_RC" != 0 ] && ! grep -q '^fail' "$RESULTS"; then
		record fail guest "the suites' exit code" "is $GUEST_RC though nothing failed"
	fi
}

# console_finding: the first fault that the guest's console reports, if any.
console_finding() {
	grep -sE -m 1 "$CONSOLE_FINDINGS" "$ROOT/$(console_log)" | tr -d '\r\t' || true
}

# stage_guest's control on the sanitizer kernel: a use after free on purpose makes
# the run fail, by the same look at the console.
check_use_after_free_is_found() {
	local rc=0 log
	log=$ROOT/$(console_log)
	VM_FLAVOUR=debug GUEST_LOAD='' run_guest \
		'insmod /fang/fang-debug.ko control=use_after_free' >/dev/null 2>&1 || rc=$?
	[ "$rc" = "$EXIT_GUEST" ] && grep -q 'KASAN: .*use-after-free.*fang' "$log"
}

summarize() {
	local passed failed skipped
	passed=$(grep -c '^pass' "$RESULTS" || true)
	failed=$(grep -c '^fail' "$RESULTS" || true)
	skipped=$(grep -c '^skip' "$RESULTS" || true)
	if [ "$STAGE_MATCH" = no ] && [ -n "$ONLY" ] &&
		[ -z "$(awk -v only="$ONLY" -f "$TOOLS/named.awk" "$RESULTS")" ]; then
		say "no stage and no test has '$ONLY' in its name"
		failed=$((failed + 1))
	fi
	[ "$failed" = 0 ] || {
		echo "== failed"
		sed -n '/^fail/p' "$RESULTS" | show_results
	}
	[ "$skipped" = 0 ] || {
		echo "== skipped"
		grep '^skip' "$RESULTS" | show_results
	}
	echo
	printf '%d passed, %d failed' "$passed" "$failed"
	[ "$skipped" = 0 ] || printf ', %d skipped' "$skipped"
	echo
	[ "$failed" = 0 ] && [ "$passed" -gt 0 ]
}
