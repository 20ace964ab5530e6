# shellcheck shell=bash
# ./dev bench kernel: what the module costs beside mainline's fanotify. The guest
# is emulated with a clock that counts instructions, whatever the host could do:
# so figures hardly depend on the host, or on what else it does.

# The whole of it takes a minute or two; making 100,000 entries the most.
readonly BENCH_KERNEL_LIMIT_S=900
# An inode and what is remembered of it take about 1 KiB.
readonly BENCH_KERNEL_MEM_MIB=1024
# One instruction a nanosecond, and no waiting while the guest is idle.
readonly BENCH_CLOCK=shift=0,sleep=off

# bench_kernel [--quick] [OPTIONS]: quick leaves out what takes long.
bench_kernel() {
	local quick="" figures
	local -a rest=()
	while [ $# -gt 0 ]; do
		case $1 in
		--quick) quick=quick ;;
		*) rest+=("$1") ;;
		esac
		shift
	done
	parse_vm_options ${rest[@]+"${rest[@]}"}
	[ ${#VM_REST[@]} -eq 0 ] || die "bench kernel takes no ${VM_REST[*]}"
	VM_LIMIT=$BENCH_KERNEL_LIMIT_S VM_MEM=$BENCH_KERNEL_MEM_MIB VM_SMP=1
	use_kernel "$VM_KERNEL"
	use_guest_image
	count_instructions
	build_all_but_tool
	figures=$BUILD/log/bench-$KERNEL_RELEASE
	mkdir -p "$BUILD/log"
	VM_WITHOUT_TOOL=yes GUEST_LOAD='' run_guest "/fang/fang-bench /fang/fang.ko $quick" >"$figures" || {
		local rc=$?
		cat "$figures"
		return "$rc"
	}
	echo "Linux $KERNEL_RELEASE; all figures: ${figures#"$ROOT/"}"
	awk -f "$TOOLS/bench-table.awk" "$figures"
}

# As choose_acceleration. Single-threaded emulation does not have the fault that TCG_CPU avoids.
count_instructions() {
	ACCEL=tcg
	ACCEL_ARGS=(-machine q35 -accel "tcg,thread=single" -icount "$BENCH_CLOCK" -cpu max)
}
