# shellcheck shell=bash
# ./dev stress: real programs in a guest whose root file system is covered; see
# tools/guest-stress. Its guest has a userland of its own, without a JVM.

# Meant to take less than ten minutes under emulation on an idle machine with two
# cores; a busy one takes a few times that.
readonly STRESS_LIMIT_S=1500
# The covered root is a file in the guest's memory.
readonly STRESS_MEM_MIB=2560

verb_stress() {
	local dir suite=/fang/guest-stress
	parse_test_options "$@"
	VM_LIMIT=$((STRESS_LIMIT_S * VM_SLOWNESS))
	if [ "$VM_MEM" -lt "$STRESS_MEM_MIB" ]; then VM_MEM=$STRESS_MEM_MIB; fi
	new_tmp dir
	RESULTS=$dir/results
	: >"$RESULTS"
	# What is looked for is a case, never a stage.
	STAGE_MATCH=no
	GUEST_LIST=$TOOLS/stress-packages
	prepare_vm
	if ! build_module debug || ! build_test_programs; then
		die "what the guest runs does not build"
	fi
	[ -z "$ONLY" ] || suite+=" $(printf %q "$ONLY")"
	run_suites "$suite"
	summarize
}
