# shellcheck shell=bash
# ./dev fuzz: a guest in which fang-fuzz attacks the module, see kernel/tests/fuzz.

# Where neither seconds nor operations are asked for.
readonly FUZZ_SECONDS=60
# Beyond the seconds asked for: loading, removing everything, looking for leaks.
readonly FUZZ_MARGIN_S=180
# Of a run that is given as a number of operations; it ends long before.
readonly FUZZ_LIMIT_S=7200

verb_fuzz() {
	local -a rest=() options=()
	local seconds="" operations=""
	while [ $# -gt 0 ]; do
		case $1 in
		--seed | --operations | --seconds | --processes)
			[[ ${2:-} =~ ^[0-9]+$ ]] || die "$1 needs a number"
			options+=("$1" "$2")
			[ "$1" != --seconds ] || seconds=$2
			[ "$1" != --operations ] || operations=$2
			shift
			;;
		--verbose) options+=("$1") ;;
		*) rest+=("$1") ;;
		esac
		shift
	done
	if [ -z "$seconds$operations" ]; then
		seconds=$FUZZ_SECONDS
		options+=(--seconds "$seconds")
	fi
	# What takes turns on one processor meets more rarely.
	parse_vm_options --smp 2 ${rest[@]+"${rest[@]}"}
	[ ${#VM_REST[@]} -eq 0 ] || die "fuzz takes no ${VM_REST[*]}"
	VM_FLAVOUR=debug
	if [[ " ${rest[*]-} " != *" --timeout "* ]]; then
		VM_LIMIT=$((${seconds:-$FUZZ_LIMIT_S} + FUZZ_MARGIN_S * VM_SLOWNESS))
	fi
	prepare_vm
	build_all "$VM_FLAVOUR"
	GUEST_LOAD='' run_guest "/fang/guest-fuzz ${options[*]}"
}
