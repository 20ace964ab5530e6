# shellcheck shell=bash
# ./dev test --only packages: builds the packages twice, and has tools/package-cases
# install, use, upgrade and remove them in a root of Debian.

# Any that is older than every release.
readonly OLDER_VERSION=0.0.1

# need_root_for_packages ARGS...: dpkg wants to be root, in its own root, too. Run by
# sudo, this would go on as the user.
need_root_for_packages() {
	ensure_packages deb
	need_root_itself "$@"
}

need_root_itself() {
	if [ "$(id -u)" != 0 ] || [ "${SUDO_UID:-0}" != 0 ]; then
		say "skipped: packages are installed in a root of Debian, for which only root itself will do"
		needs_root ./dev test "$@"
	fi
}

stage_packages() {
	local dir cases reader
	RELEASE=${RELEASE:-$(host_codename)}
	use_package_root "$RELEASE"
	new_tmp dir
	record_step packages "they build" build_from_jar || return 0
	record_step packages "built anew from nothing, they are the same bytes" build_is_reproducible "$dir/again"
	record_step packages "lintian has no complaint" lintian_is_silent
	record_step packages "an older version builds" build_packages "$dir/shared/older-packages" "$OLDER_VERSION" "$JAR"

	cp -r "$PACKAGES" "$dir/shared/packages"
	cp -r "$PACKAGE_ROOT/headers" "$dir/shared/headers"
	install -m 755 "$TOOLS"/package-{cases,collectors} "$TOOLS/case-steps" "$ROOT/ctl/src/main/cds/tree" "$dir/shared"
	# Of every shape: those that the tests of fangctl listen hold it to.
	grep -h '^{"time"' "$ROOT"/ctl/src/test/golden/*/transcript >"$dir/shared/events.jsonl"
	cases=$RELEASE
	mkfifo "$dir/ktap"
	awk -f "$TOOLS/ktap.awk" <"$dir/ktap" | tee -a "$RESULTS" | show_results &
	reader=$!
	{
		echo "# fang-suite begin $cases"
		in_package_root "$PACKAGE_ROOT/tree" "$dir/shared" /fang/package-cases </dev/null && rc=0 || rc=$?
		echo "# fang-suite end $cases $rc"
	} >"$dir/ktap"
	wait "$reader" || true
}

build_from_jar() { build_tool && build_packages "$PACKAGES" "$(project_version)" "$JAR"; }

build_is_reproducible() {
	# As different as a machine of the same release may be.
	TZ=Pacific/Apia LANG=tr_TR.UTF-8 build_packages "$1" "$(project_version)" || return
	diff <(cd "$PACKAGES" && sha256sum -- *.deb) <(cd "$1" && sha256sum -- *.deb) >&2
}

# Overrides stand, with their reasons, in packaging/debian.
lintian_is_silent() { lintian --allow-root --fail-on error,warning "$PACKAGES"/*.changes >&2; }
