# shellcheck shell=bash
# ./dev bench: figures, each beside a peer's from the same run.

# Enough for a median on a busy machine; more only takes longer.
readonly BENCH_ROUNDS=15
# A thousand groups, and half of them to see whether the time is in proportion.
readonly BENCH_GROUPS=1000
# Emulated, a thousand groups and the events take minutes.
readonly BENCH_LIMIT_S=1500

verb_bench() {
	local program what=${1:-}
	[ $# -eq 0 ] || shift
	case $what in
	cli)
		[ $# -le 1 ] || die "bench cli takes only a number of rounds"
		build_tool
		say "each command ${1:-$BENCH_ROUNDS} times, in turns"
		"$TOOLS/bench-cli.sh" "$ROOT/ctl/src/main/bin/fangctl" "$ROOT/ctl/src/main/cds/tree" "${1:-$BENCH_ROUNDS}"
		;;
	groups | listen | serve)
		# As the machines have on which people measure.
		VM_SMP=2
		parse_vm_options "$@"
		[ ${#VM_REST[@]} -eq 0 ] || die "bench $what takes no ${VM_REST[*]}"
		VM_LIMIT=$BENCH_LIMIT_S
		program="/fang/guest-bench $what $BENCH_GROUPS"
		if [ "$what" = serve ]; then
			program=/fang/guest-bench-serve
			GUEST_MORE=$TOOLS/guest-packages-programs
		fi
		prepare_vm
		build_all "$VM_FLAVOUR"
		[ "$ACCEL" = kvm ] || say "the guest is emulated: only the ratios mean something"
		run_guest "$program"
		;;
	kernel) bench_kernel "$@" ;;
	listeners) bench_listeners "$@" ;;
	table) bench_table "$@" ;;
	--check) bench_check "$@" ;;
	*) die "bench what? One of kernel, listeners, table, cli, groups, listen, serve, or --check" ;;
	esac
}
