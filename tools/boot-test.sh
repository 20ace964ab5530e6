# shellcheck shell=bash
# ./dev test --only boot: a machine of Debian with the packages installed, booted by its systemd in a guest, three
# times: with an older version, which is upgraded; as it is in use; with fang=off. Between them it is shut down, while a
# program opens files. See tools/boot-cases.

# Four JVMs, and a cache of files.
readonly BOOT_MEM_MIB=2048
# Two for the machine and one for what is written.
readonly BOOT_DISC=3g
# Each boot's cases take two minutes under emulation on an idle machine.
readonly BOOT_CASES_LIMIT_S=1200
# Not to be seen where a machine is shut down: systemd waited in vain, or had to use force. That it sends SIGKILL to
# whoever is left, it says in any case.
readonly SHUTDOWN_FINDINGS='[Tt]imed out|Waiting for process|Failed unmounting|Failed to finalize|blocked for more than'

need_root_for_boot() {
	ensure_packages deb boot
	need_root_itself "$@"
}

# Set by stage_boot: the disc and what goes to /fang, on the cache's file system, for they are big.
BOOT_DIR=

stage_boot() {
	RELEASE=$(host_codename)
	use_package_root "$RELEASE"
	if ! build_for_boot; then
		record fail boot "what the machine runs builds" ""
		return
	fi
	new_cache_tmp BOOT_DIR
	if ! make_boot_disc "$BOOT_DIR"; then
		record fail boot "the machine's disc can be made" ""
		return
	fi
	boot_once older ""
	boot_once protected ""
	boot_once off fang=off
	rm -rf "$BOOT_DIR"
}

build_for_boot() {
	build_from_jar && build_module boot FANG_VERSION="$(project_version)" &&
		build_packages "$BUILD/older-packages" "$OLDER_VERSION" "$JAR"
}

# make_boot_disc DIR: DIR/disc, and DIR/more for /fang.
make_boot_disc() {
	local dir=$1 debs=$PACKAGE_ROOT/headers/1-linux-headers-cloud-amd64
	compgen -G "$debs/linux-headers-${KERNEL_RELEASE}_*.deb" >/dev/null ||
		die "the root of Debian has no headers of $KERNEL_RELEASE, the kernel in the cache; run ./dev fetch"
	mkdir -p "$dir/shared" "$dir/more"
	cp -r "$PACKAGES" "$BUILD/older-packages" "$dir/more/"
	cp "$(module_dir boot)/fang.ko" "$TOOLS"/boot-{cases,opener} "$TOOLS/case-steps" "$dir/more/"
	cp -r "$dir/more/packages" "$dir/more/older-packages" "$debs" "$dir/shared/"
	mv "$dir/shared/${debs##*/}" "$dir/shared/headers"
	cp "$TOOLS/boot-profile.yaml" "$dir/shared/profile.yaml"
	cp "$TOOLS/boot-scan" "$dir/shared/scan"
	cp "$TOOLS/boot-root-make" "$dir/shared/make"
	chmod -R go-w "$dir/shared" "$dir/more"

	say "making the machine"
	cp -a "$PACKAGE_ROOT/tree" "$dir/tree"
	fsck.erofs --extract="$dir/tree/usr/lib/modules" --force --overwrite "$KERNEL/modules.erofs" >/dev/null || return
	logged in_package_root "$dir/tree" "$dir/shared" --keep /fang/make "$KERNEL_RELEASE" || return
	truncate -s "$BOOT_DISC" "$dir/disc"
	mkfs.ext4 -q -d "$dir/tree" "$dir/disc" || return
	rm -rf "$dir/tree"
}

# boot_once BOOT WORDS: the cases of one, and what its console says once they have ended.
boot_once() {
	local boot=$1 dir=$BOOT_DIR reader rc=0 console started=$SECONDS VM_NAME=boot-$1
	console=$ROOT/$(console_log)
	rm -f "$dir/ktap"
	mkfifo "$dir/ktap"
	awk -f "$TOOLS/ktap.awk" <"$dir/ktap" | tee -a "$RESULTS" | show_results &
	reader=$!
	{
		echo "# fang-suite begin boot-$boot"
		VM_BARE=yes VM_DISC=$dir/disc VM_MORE_FILES=$dir/more VM_MEM=$BOOT_MEM_MIB VM_SMP=2 \
			VM_LIMIT=$BOOT_CASES_LIMIT_S VM_APPEND=$2 run_guest "/fang/boot-cases $boot" || rc=$?
		echo "# fang-suite end boot-$boot $rc"
	} >"$dir/ktap"
	wait "$reader" || true
	record_step "boot-$boot" "it shuts down without a wait" shut_down_at_once "$console"
	echo "-- boot-$boot: $((SECONDS - started)) s"
}

# shut_down_at_once CONSOLE: the kernel's last word, and none of those before it.
shut_down_at_once() {
	if grep -E "$SHUTDOWN_FINDINGS" "$1" >&2; then return 1; fi
	grep -q 'reboot: Restarting system' "$1"
}
