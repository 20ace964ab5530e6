# shellcheck shell=bash
# The sanitizer kernel: Debian's kernel source, built here with everything that
# finds faults and little else, see tools/kernel-sanitizer.config. No package
# holds such a kernel, and building it takes minutes, so it is made only when it
# is asked for by name, and kept by what it was made of.

# Bump when the way it is made changes, so that caches follow.
readonly SANITIZER_RECIPE=1
readonly SANITIZER_CONFIG=$TOOLS/kernel-sanitizer.config

# For telling how far it has come: objects that a build makes, roughly.
readonly SANITIZER_OBJECTS=1160
# Between two such lines.
readonly PROGRESS_S=30

# Checks and an emulated processor multiply: what takes a second elsewhere takes
# several. For limits of time.
readonly SANITIZER_SLOWNESS=4
# Shadow memory is an eighth of all, and what is freed is kept for a while.
readonly SANITIZER_MEM_MIB=2048

is_sanitizer() { [ "$1" = sanitizer ]; }

# Comments may change without a new build.
sanitizer_options() { grep -E '^(# )?CONFIG_' "$SANITIZER_CONFIG"; }

sanitizer_key() {
	{
		echo "$SANITIZER_RECIPE $KERNEL_RECIPE"
		sanitizer_options
	} | sha256sum | cut -c1-16
}

# use_sanitizer [renew]: sets KERNEL.
use_sanitizer() {
	[ "$(host_release)" = 12 ] || die "the sanitizer kernel is there for Debian 12 only"
	KERNEL=$CACHE/kernels/sanitizer-$(sanitizer_key)
	if [ -n "${1:-}" ] || [ ! -e "$KERNEL/release" ]; then
		with_lock kernel-sanitizer fetch_sanitizer "$@"
	fi
	KERNEL=$(readlink -f "$KERNEL")
}

# fetch_sanitizer [renew]: an entry per version of the source and configuration,
# and a link from the configuration to the newest. KERNEL is that link.
fetch_sanitizer() {
	local package lines version entry made
	# Whoever held the lock before may have done it.
	if [ -z "${1:-}" ] && [ -e "$KERNEL/release" ]; then return 0; fi
	need_network "the sanitizer kernel"
	package=linux-source-$(default_kernel)
	apt_refresh
	lines=$(apt_closure "$package" | grep "^$package ") || die "Debian has no $package"
	version=$(awk '{ print $2 }' <<<"$lines")
	entry=$CACHE/kernels/$version-${KERNEL##*/}
	if [ ! -e "$entry/release" ]; then
		say "fetching $package ($version): $(mib "$(apt_size <<<"$lines")")"
		new_cache_tmp made
		mkdir "$made/debs" "$made/source"
		apt_fetch "$made/debs" <<<"$lines"
		say "unpacking $package; with what is built it takes 3 GB until it is done"
		dpkg-deb --fsys-tarfile "$made/debs"/*.deb |
			tar -xO --wildcards '*/linux-source-*.tar.xz' |
			tar -xJ -C "$made/source" --strip-components 1
		build_sanitizer "$made/source" "$made/log"
		finish_sanitizer "$made" "$made/source"
		rm -rf "$made/debs" "$made/source" "$made/log"
		chmod 755 "$made"
		rm -rf "$entry"
		mv -T "$made" "$entry"
	fi
	ln -sfn "${entry##*/}" "$KERNEL.new"
	mv -T "$KERNEL.new" "$KERNEL"
}

# sanitizer_make SOURCE ARGS...: neither user nor time of the build get into it.
# KASAN_SANITIZE_enlighten.o: see open_way_in.
sanitizer_make() {
	local source=$1
	shift
	env KBUILD_BUILD_USER=fang KBUILD_BUILD_HOST=fang KBUILD_BUILD_TIMESTAMP=1970-01-01 \
		make -C "$source" CC="$(host_compiler)" KASAN_SANITIZE_enlighten.o=n "$@" </dev/null
}

# configure_sanitizer SOURCE: a line of the configuration that had no effect,
# say because it depends on another, would leave a check out without a word.
configure_sanitizer() {
	local line lost=""
	sanitizer_make "$1" -s KCONFIG_ALLCONFIG="$SANITIZER_CONFIG" allnoconfig >&2
	while IFS= read -r line; do
		grep -qxF -- "$line" "$1/.config" || lost+=$'\n'"  $line"
	done < <(sanitizer_options)
	[ -z "$lost" ] || die "without effect in ${SANITIZER_CONFIG##*/}:$lost"
}

# open_way_in SOURCE: QEMU enters through platform/pvh/enlighten.c, before there
# is shadow memory. 6.1 does not expect that: with checks in that file, or in the
# memcmp() by which it asks whether this is Xen, the guest ends at once.
open_way_in() {
	local file=$1/arch/x86/platform/pvh/enlighten.c
	sed -i 's/= xen_cpuid_base();/= 0;/' "$file"
	grep -q 'u32 msr = 0;' "$file" || die "the source's way in has changed: ${file##*/}"
}

build_sanitizer() {
	local source=$1 log=$2 started=$SECONDS told=$SECONDS make
	open_way_in "$source"
	configure_sanitizer "$source"
	say "building the sanitizer kernel: some minutes of work for $(nproc) processors, once"
	sanitizer_make "$source" -j"$(nproc)" vmlinux modules >"$log" 2>&1 &
	make=$!
	CHILDREN+=("$make")
	while kill -0 "$make" 2>/dev/null; do
		sleep 1
		[ $((SECONDS - told)) -ge "$PROGRESS_S" ] || continue
		told=$SECONDS
		say "built $(grep -cE '^  (CC|AS) ' "$log" || true) of about $SANITIZER_OBJECTS objects after $((SECONDS - started)) s"
	done
	if ! wait "$make"; then
		grep -E -B 5 -A 20 -m 1 '(error|Error [0-9]|not found)' "$log" >&2 || tail -n 20 "$log" >&2
		die "the sanitizer kernel did not build"
	fi
	CHILDREN=()
	say "built the sanitizer kernel in $((SECONDS - started)) s"
}

# finish_sanitizer ENTRY SOURCE: headers, which modules are built with, and what
# a guest boots.
finish_sanitizer() {
	local entry=$1 source=$2
	mkdir "$entry/headers" "$entry/base"
	(
		cd "$source"
		find . arch/x86 -maxdepth 1 -name 'Makefile*'
		find include scripts arch/x86/include \( -type f -o -type l \) ! -name '*.o' ! -name '.*.cmd'
		printf '%s\n' tools/objtool/objtool .config Module.symvers
	) | tar -c -C "$source" -T - | tar -x -C "$entry/headers"
	# Where Debian's headers name the compiler, too.
	printf 'CC = %s\n' "$(host_compiler)" >"$entry/headers/.kernelvariables"
	sanitizer_make "$source" -s modules_install INSTALL_MOD_PATH="$entry/base" DEPMOD=true >&2
	derive_kernel "$entry" "$source/vmlinux" "$entry/base"
	rm -rf "$entry/base"
}
