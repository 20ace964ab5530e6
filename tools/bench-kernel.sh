# shellcheck shell=bash
# ./dev bench kernel, listeners and --check: what the module costs beside mainline's fanotify.

# The whole of it takes a minute or two; making 100,000 entries the most. An emulator that
# shares its processor takes a few times that.
readonly BENCH_KERNEL_LIMIT_S=900
# An inode and what is remembered of it take about 1 KiB.
readonly BENCH_KERNEL_MEM_MIB=1024
# One instruction a nanosecond, and no waiting while the guest is idle.
readonly BENCH_CLOCK=shift=0,sleep=off
# As many as a small machine has.
readonly BENCH_LISTENERS_SMP=2

readonly BENCH_COUNTS=$TOOLS/bench-counts

# Where the figures of the last run are.
FIGURES=

# parse_bench_options WHAT ARGS...: those of a guest; others are left in VM_REST and refused.
parse_bench_options() {
	local what=$1
	shift
	parse_vm_options "$@"
	[ ${#VM_REST[@]} -eq 0 ] || die "bench $what takes no ${VM_REST[*]}"
	! is_sanitizer "$VM_KERNEL" || die "a kernel full of checks has no figures that mean something"
	VM_LIMIT=$BENCH_KERNEL_LIMIT_S VM_MEM=$BENCH_KERNEL_MEM_MIB
}

# measure NAME PART: a guest with what ACCEL says, and what fang-bench prints there in FIGURES.
measure() {
	build_all_but_tool
	FIGURES=$BUILD/log/bench-$1-$KERNEL_RELEASE
	mkdir -p "$BUILD/log"
	VM_WITHOUT_TOOL=yes GUEST_LOAD='' run_guest "/fang/fang-bench /fang/fang.ko $2" >"$FIGURES" || {
		local rc=$?
		cat "$FIGURES"
		return "$rc"
	}
}

# The guest is emulated with a clock that counts instructions, whatever the host could do: so
# figures hardly depend on the host, or on what else it does.
measure_instructions() {
	VM_SMP=1
	use_kernel "$VM_KERNEL"
	use_guest_image
	count_instructions
	measure "${1:-kernel}" "$1"
}

# As choose_acceleration. Single-threaded emulation does not have the fault that TCG_CPU avoids.
# With a seed and a clock of its own the guest starts alike each time, whatever the hour.
count_instructions() {
	ACCEL=tcg
	ACCEL_ARGS=(-machine q35 -accel "tcg,thread=single" -icount "$BENCH_CLOCK" -cpu max
		-seed 1 -rtc "base=2026-01-01,clock=vm")
}

# bench_kernel [--quick] [OPTIONS]: quick leaves out what takes long.
bench_kernel() {
	local quick=""
	local -a rest=()
	while [ $# -gt 0 ]; do
		case $1 in
		--quick) quick=quick ;;
		*) rest+=("$1") ;;
		esac
		shift
	done
	parse_bench_options kernel ${rest[@]+"${rest[@]}"}
	measure_instructions "$quick"
	echo "Linux $KERNEL_RELEASE; all figures: ${FIGURES#"$ROOT/"}"
	awk -f "$TOOLS/bench-rows.awk" -f "$TOOLS/bench-table.awk" "$FIGURES"
	plot_others
}

# bench_table: the last runs on all kernels, as docs/performance.md has them.
bench_table() {
	local -a runs=()
	[ $# -eq 0 ] || die "bench table takes no $*"
	mapfile -t runs < <(printf '%s\n' "$BUILD"/log/bench-kernel-* | sort -V)
	[ -e "${runs[0]}" ] || die "no figures yet; ./dev bench kernel makes them, of one kernel a run"
	awk -f "$TOOLS/bench-markdown.awk" -f "$TOOLS/bench-rows.awk" "${runs[@]}"
}

# bench_check [--update] [OPTIONS]: the quick rows beside the counts that are committed.
bench_check() {
	local update="" compiler dir
	local -a rest=()
	while [ $# -gt 0 ]; do
		case $1 in
		--update) update=1 ;;
		*) rest+=("$1") ;;
		esac
		shift
	done
	parse_bench_options --check ${rest[@]+"${rest[@]}"}
	measure_instructions quick
	compiler=$(module_compiler)
	if [ -n "$update" ]; then
		new_tmp dir
		compare_counts 1 >"$dir/counts"
		cp "$dir/counts" "$BENCH_COUNTS"
		say "wrote ${BENCH_COUNTS#"$ROOT/"}; commit it, and say why the counts are others"
	elif ! compare_counts ""; then
		say "more than 2 % above ${BENCH_COUNTS#"$ROOT/"}; if that is meant: ./dev bench --check --update"
		return 1
	fi
}

compare_counts() {
	awk -v committed="$BENCH_COUNTS" -v kernel="$KERNEL_RELEASE" -v compiler="$compiler" -v update="$1" \
		-f "$TOOLS/bench-rows.awk" -f "$TOOLS/bench-counts.awk" "$FIGURES"
}

# What the module was built with, as it says itself.
module_compiler() {
	readelf -p .comment "$(module_dir)/fang.ko" | awk '/GCC|clang/ { sub(/^[^]]*\] */, ""); print; exit }'
}

# bench_listeners [OPTIONS]: a real clock and two processors, so only ratios hold.
bench_listeners() {
	parse_bench_options listeners "$@"
	VM_SMP=$BENCH_LISTENERS_SMP
	prepare_vm
	measure listeners listeners
	echo "Linux $KERNEL_RELEASE, $VM_SMP processors; all figures: ${FIGURES#"$ROOT/"}"
	awk -f "$TOOLS/bench-listeners.awk" "$FIGURES"
	[ "$ACCEL" = kvm ] || say "the guest is emulated: only the ratios mean something"
	plot_latency
}

# points PREFIX SUFFIX LABEL CLASS: of the figures PREFIX.X SUFFIX, for bench-plot.awk.
points() {
	awk -v prefix="$1." -v suffix="$2" -v label="$3" -v class="$4" '
		index($1, prefix) == 1 && NF == 2 {
			x = substr($1, length(prefix) + 1)
			if (suffix == "" ? x ~ /^[0-9]+$/ : sub("\\." suffix "$", "", x))
				printf "%s\t%s\t%s\t%s\n", label, class, x, $2
		}' "$FIGURES"
}

# plot NAME TITLE ACROSS UP: from points on standard input to build/plots.
plot() {
	local file=$BUILD/plots/$1-${VM_KERNEL##*/}.svg
	mkdir -p "$BUILD/plots"
	awk -v title="$2" -v subtitle="Linux $KERNEL_RELEASE, $(date -u +%F), ./dev bench ${1%-*}" \
		-v across="$3" -v up="$4" -f "$TOOLS/bench-plot.awk" >"$file"
	say "plot: ${file#"$ROOT/"}"
}

plot_others() {
	{
		points others-alike.mainline "" "fanotify, same kind" "mainline"
		points others.mainline "" "fanotify, other kinds" "mainline dashed"
		points others-alike.fang "" "Fang, same kind" "fang"
		points others.fang "" "Fang, other kinds" "fang dashed"
	} | plot kernel-groups "Opening a remembered file, beside groups that cover other files" \
		"other groups on the file system" "instructions of open+close"
}

plot_latency() {
	{
		points listeners.mainline p99 "fanotify, 99 %" "mainline dashed"
		points listeners.mainline p50 "fanotify, median" "mainline"
		points listeners.fang p99 "Fang, 99 %" "fang dashed"
		points listeners.fang p50 "Fang, median" "fang"
	} | plot listeners-latency "How long an open waits for a scanner that takes 1 ms of CPU" \
		"listeners, on two processors; 8 processes open files" "microseconds"
}
