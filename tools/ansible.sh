# shellcheck shell=bash
# ./dev test --only ansible: the collection in packaging/ansible, with Debian's
# ansible-core, on hosts that are directories. See tools/ansible-cases.

stage_ansible() {
	if ! build_tool; then
		record fail ansible "the tool builds" ""
		return
	fi
	run_cases ansible "$TOOLS/ansible-cases" "$ROOT/packaging/ansible" "$JAR:$ROOT/ctl/target/test-classes"
}

# run_cases SUITE COMMAND...: what prints KTAP on this machine.
run_cases() {
	local suite=$1 dir reader cases rc
	shift
	new_tmp dir
	mkfifo "$dir/ktap"
	awk -f "$TOOLS/ktap.awk" <"$dir/ktap" | tee -a "$RESULTS" | show_results &
	reader=$!
	{
		echo "# fang-suite begin $suite"
		# In the background, so that a signal is not kept waiting.
		"$@" &
		cases=$!
		CHILDREN+=("$cases")
		wait "$cases" && rc=0 || rc=$?
		unset 'CHILDREN[-1]'
		echo "# fang-suite end $suite $rc"
	} >"$dir/ktap"
	wait "$reader" || true
}

# check_collection_version: ansible-galaxy wants it in its own file.
check_collection_version() {
	local version
	version=$(sed -n 's/^version: //p' "$ROOT/packaging/ansible/galaxy.yml")
	[ "$version" = "$(project_version)" ] ||
		{ echo "packaging/ansible/galaxy.yml has $version, pom.xml $(project_version)" && return 1; }
}
