# shellcheck shell=bash
# Kernels for the guest: Debian's cloud kernels and their headers, fetched as
# packages and unpacked in the cache, with what booting them needs derived once:
# an uncompressed kernel, an initramfs, an image of all modules.

# Bump when what is derived from a kernel changes, so that caches follow.
readonly KERNEL_RECIPE=2

# What the initramfs must load to reach the guest's root and the host.
readonly BOOT_MODULES=(virtio_pci virtio_blk virtio_console erofs overlay configfs)

# Set by use_kernel: the entry's directory and the kernel's release name.
KERNEL=
KERNEL_RELEASE=

# Lines that boot. After a dash: what is only built, namely the newest kernel of
# the host's release for other machines than Debian's cloud images for amd64.
kernel_lines() {
	case $(host_release) in
	12) echo 6.1 6.12 7.2 ;;
	13) echo 6.12 7.2 ;;
	esac
}

built_lines() { printf '%s-amd64 %s-cloud-arm64\n' "$(default_kernel)" "$(default_kernel)"; }

default_kernel() {
	case $(host_release) in
	12) echo 6.1 ;;
	13) echo 6.12 ;;
	esac
}

# kernel_source LINE: the suite that has it, and the name of its packages
# behind linux-image- and linux-headers-.
kernel_source() {
	case $(host_release)/$1 in
	12/6.1 | 13/6.12) echo "$(host_codename) cloud-amd64" ;;
	12/6.12) echo "bookworm 6.12-cloud-amd64" ;;
	*/7.2) echo "sid cloud-amd64" ;;
	12/6.1-* | 13/6.12-*) echo "$(host_codename) ${1#*-}" ;;
	*) die "there is no kernel $1 for Debian $(host_release); there is: $(kernel_lines), to build for: $(built_lines)" ;;
	esac
}

is_built_only() { [[ $1 == *-* && $1 != */* ]]; }

# use_kernel LINE|DIR: makes it available and sets KERNEL and KERNEL_RELEASE.
use_kernel() {
	local line=$1
	case $line in
	*/* | .)
		[ -d "$line" ] || die "no such directory: $line"
		use_kernel_dir "$(cd "$line" && pwd)"
		;;
	sanitizer) use_sanitizer ;;
	*)
		kernel_source "$line" >/dev/null || exit
		KERNEL=$CACHE/kernels/$line-r$KERNEL_RECIPE
		[ -e "$KERNEL/release" ] || with_lock "kernel-$line" fetch_kernel "$line"
		KERNEL=$(readlink -f "$KERNEL")
		;;
	esac
	KERNEL_RELEASE=$(<"$KERNEL/release")
}

# fetch_kernel LINE [force]: the newest version of a line; an entry a version,
# and a link from the line to its entry.
fetch_kernel() {
	local line=$1 link=$CACHE/kernels/$1-r$KERNEL_RECIPE
	local source suite name version lines entry made
	# Whoever held the lock before may have done it.
	if [ -z "${2:-}" ] && [ -e "$link/release" ]; then return 0; fi
	need_network "kernel $line"
	source=$(kernel_source "$line") || exit
	read -r suite name <<<"$source"
	[[ $name != *arm64 ]] || apt_refresh "$suite" arm64
	apt_refresh "$suite"
	lines=$(kernel_closure "$suite" "$name") ||
		die "kernel $line is in none of the host's Debian sources (6.12 for Debian 12 is in its security archive)"
	version=$(awk '/^linux-(image|headers)-/ { print $2; exit }' <<<"$lines")
	[[ $version == "${line%%-*}".* ]] ||
		die "Debian $suite has kernel $version by now, no ${line%%-*}"
	entry=$CACHE/kernels/$version-r$KERNEL_RECIPE
	! is_built_only "$line" || entry=$CACHE/kernels/$version-$name-r$KERNEL_RECIPE
	if [ ! -e "$entry/release" ]; then
		say "fetching kernel $line ($version): $(mib "$(apt_size <<<"$lines")")"
		new_cache_tmp made
		mkdir "$made/debs" "$made/tree"
		[ "$suite" = "$(host_codename)" ] || lay_merged_usr "$made/tree"
		fetch_kernel_debs "$made/debs" "$suite" "$name" <<<"$lines"
		say "unpacking kernel $version"
		unpack_debs "$made/tree" "$made/debs"/*.deb
		rm -rf "$made/debs" "$made/tree/usr/share"
		finish_kernel "$made" "$entry" "$suite" "$name"
		chmod 755 "$made"
		mkdir -p "${entry%/*}"
		rm -rf "$entry"
		mv -T "$made" "$entry"
	fi
	ln -sfn "${entry##*/}" "$link.new"
	mv -T "$link.new" "$link"
}

# kernel_closure SUITE NAME: what to unpack, a line a package. The host provides
# the rest (compilers, libraries) unless the kernel is from another suite.
kernel_closure() {
	case $2 in
	*arm64) arm64_closure "$1" "$2" ;;
	*cloud-amd64)
		if [ "$1" = "$(host_codename)" ]; then
			apt_closure "linux-image-$2" "linux-headers-$2" | kernel_packages
		else
			apt_closure "linux-image-$2" | kernel_packages &&
				root_closure "linux-headers-$2"
		fi | sort -u
		;;
	# On Debian 13 headers depend on the image.
	*) apt_closure "linux-headers-$2" | kernel_packages | grep -v '^linux-image-' ;;
	esac
}

kernel_packages() { grep '^linux-' | grep -v '^linux-base '; }

# fetch_kernel_debs DIR SUITE NAME, lines of kernel_closure on stdin.
fetch_kernel_debs() {
	local lines
	lines=$(cat)
	case $3 in
	*arm64)
		apt_use "$2" arm64
		grep '^linux-headers-' <<<"$lines" | apt_fetch "$1"
		apt_use "$2" amd64
		grep -v '^linux-headers-' <<<"$lines" | apt_fetch "$1"
		;;
	*) apt_fetch "$1" <<<"$lines" ;;
	esac
}

# finish_kernel MADE ENTRY SUITE NAME: from unpacked packages to what ENTRY will
# hold, headers above all.
finish_kernel() {
	local made=$1 entry=$2 suite=$3 name=$4 image headers
	headers=$(find "$made/tree/usr/src" -maxdepth 1 -name "linux-headers-[0-9]*-${name##*-}" -print -quit)
	[ -n "$headers" ] || die "no headers of $name were unpacked"
	ln -s "tree/usr/src/${headers##*/}" "$made/headers"
	# With it the build would want pahole to make type data that no test needs.
	rm -f "$headers/vmlinux"
	if [ "$suite" = "$(host_codename)" ]; then
		repoint_headers "$headers" "$entry/tree"
	else
		finish_root "$made/tree"
		ln -s tree "$made/root"
	fi
	case $name in
	*cloud-amd64)
		image=$(find "$made/tree" -name 'vmlinuz*' -type f -print -quit)
		mv "$image" "$made/image"
		derive_kernel "$made" "$made/image" "$made/tree"
		rm "$made/image"
		;;
	*)
		[[ $name != *arm64 ]] || ln -s tree "$made/cross"
		sed -n 's/^override KERNELRELEASE = //p' "$headers/.kernelvariables" >"$made/release"
		;;
	esac
	# The modules are in their image.
	rm -rf "$made/tree/lib/modules" "$made/tree/usr/lib/modules"
}

# repoint_headers HEADERS FINAL: the headers name /usr/src; make them name the
# place where the tree will be.
repoint_headers() { sed -i "s#\([ =]\)/usr/src/#\1$2/usr/src/#" "$1/Makefile"; }

# derive_kernel ENTRY IMAGE BASE: release, vmlinux, initramfs, modules.erofs.
# BASE holds lib/modules/RELEASE (or usr/lib/modules, where the merge reached
# the package).
derive_kernel() {
	local entry=$1 image=$2 base=$3 release modules
	modules=$base/lib/modules
	[ -d "$modules" ] || modules=$base/usr/lib/modules
	release=$(find "$modules" -mindepth 1 -maxdepth 1 -type d -printf '%f\n' -quit)
	[ -n "$release" ] || die "no modules under $base"
	# modprobe and depmod look under BASE/lib/modules.
	[ -e "$base/lib" ] || ln -s usr/lib "$base/lib"
	rm -f "$modules/$release"/{build,source}
	depmod -b "$base" "$release"
	unpack_vmlinuz "$image" "$entry/vmlinux"
	make_initramfs "$entry/initramfs" "$base" "$release"
	mkfs.erofs --all-root "$entry/modules.erofs" "$modules" >/dev/null
	printf '%s\n' "$release" >"$entry/release"
}

# unpack_vmlinuz IMAGE OUT: QEMU starts an uncompressed kernel directly, which
# spares an emulated guest seconds of unpacking. IMAGE may be one already.
# Offsets: the boot protocol.
unpack_vmlinuz() {
	local image=$1 out=$2 sectors offset length
	if [ "$(od -An -tx1 -N4 "$image" | tr -d ' ')" = 7f454c46 ]; then
		strip -s -o "$out" "$image"
		return
	fi
	sectors=$(od -An -tu1 -j $((0x1f1)) -N1 "$image")
	offset=$(od -An -tu4 -j $((0x248)) -N4 "$image")
	length=$(od -An -tu4 -j $((0x24c)) -N4 "$image")
	offset=$(((sectors + 1) * 512 + offset))
	# The payload ends with its unpacked size, which some tools take for rubbish.
	tail -c +$((offset + 1)) "$image" | head -c $((length - 4)) >"$out.payload" || true
	case $(od -An -tx1 -N4 "$out.payload" | tr -d ' ') in
	02214c18) lz4 -dqf - - <"$out.payload" >"$out" ;;
	28b52ffd) zstd -dqf <"$out.payload" >"$out" ;;
	fd377a58) xz -dqf <"$out.payload" >"$out" ;;
	1f8b*) gzip -dq <"$out.payload" >"$out" ;;
	*) cp "$image" "$out" ;;
	esac
	rm "$out.payload"
	[ -s "$out" ] || die "could not unpack $image"
}

# make_initramfs OUT BASE RELEASE: busybox and the modules of BOOT_MODULES in
# loading order. whole_initramfs adds the init.
make_initramfs() {
	local out=$1 base=$2 release=$3 root module path applet
	new_cache_tmp root
	mkdir -p "$root"/{bin,dev,proc,sys,modules,lower,upper,root}
	busybox_static "$root/bin/busybox"
	for applet in cat chmod ip insmod ln ls mkdir mknod mount reboot sh sleep switch_root umount usleep; do
		ln -s busybox "$root/bin/$applet"
	done
	: >"$root/modules/order"
	for module in "${BOOT_MODULES[@]}"; do
		modprobe -d "$base" -S "$release" --show-depends "$module" ||
			die "kernel $release has no $module"
	done | awk '$1 == "insmod" && !seen[$2]++ { print $2 }' >"$root/modules/paths"
	while read -r path; do
		module=$(basename "$path")
		module=${module%.ko*}.ko
		unpack_module "$path" >"$root/modules/$module"
		printf '%s\n' "$module" >>"$root/modules/order"
	done <"$root/modules/paths"
	rm "$root/modules/paths"
	pack_cpio "$root" >"$out"
}

pack_cpio() { (cd "$1" && find . | "$CACHE/busybox" cpio -o -H newc -R 0:0 2>/dev/null); }

# whole_initramfs DIR: writes DIR/initramfs for the kernel in use. The init is
# added for each run, so that an edit of it needs no new cache entry.
whole_initramfs() {
	mkdir "$1/init"
	install -m 755 "$TOOLS/guest-init" "$1/init/init"
	{
		cat "$KERNEL/initramfs"
		pack_cpio "$1/init"
	} >"$1/initramfs"
}

unpack_module() {
	case $1 in
	*.xz) xz -dc "$1" ;;
	*.zst) zstd -dqc "$1" ;;
	*.gz) gzip -dc "$1" ;;
	*) cat "$1" ;;
	esac
}

# busybox_static OUT: taken from the package rather than installed, because
# busybox-static and busybox, which many hosts have, exclude each other.
busybox_static() {
	local kept=$CACHE/busybox made
	if [ ! -x "$kept" ]; then
		need_network busybox-static
		apt_refresh
		new_cache_tmp made
		apt_closure busybox-static | grep '^busybox-static ' | apt_fetch "$made"
		dpkg-deb -x "$made"/*.deb "$made/tree"
		mv "$(find "$made/tree" -path '*/bin/busybox' -type f)" "$kept"
	fi
	cp "$kept" "$1"
}

# use_kernel_dir DIR: a kernel of the user's own: a build directory (O=), its
# image and modules, or packages unpacked side by side.
use_kernel_dir() {
	local dir=$1 key image headers base
	if [ -e "$dir/include/config/kernel.release" ]; then
		image=$dir/arch/x86/boot/bzImage headers=$dir
	else
		image=$(find "$dir/boot" -name 'vmlinuz-*' -print -quit 2>/dev/null || true)
		headers=$(find "$dir/usr/src" -maxdepth 1 -name 'linux-headers-*64' -print -quit 2>/dev/null || true)
	fi
	[ -f "$image" ] || die "$dir has neither arch/x86/boot/bzImage nor boot/vmlinuz-*"
	[ -n "$headers" ] || die "$dir has no usr/src/linux-headers-*"
	key=$(printf '%s %s %s' "$dir" "$KERNEL_RECIPE" "$(stat -c '%Y %s' "$image")" | sha256sum | cut -c1-16)
	KERNEL=$CACHE/kernels/dir-$key
	[ -e "$KERNEL/release" ] || with_lock "kernel-$key" derive_kernel_dir "$dir" "$image" "$headers"
}

derive_kernel_dir() {
	local dir=$1 image=$2 headers=$3 made base
	new_cache_tmp made
	base=$made/base
	mkdir -p "$base/lib"
	if [ -e "$dir/include/config/kernel.release" ]; then
		make -s -C "$dir" modules_install INSTALL_MOD_PATH="$base" DEPMOD=true >&2
	elif [ -d "$dir/lib/modules" ]; then
		cp -r "$dir/lib/modules" "$base/lib/"
	else
		cp -r "$dir/usr/lib/modules" "$base/lib/"
	fi
	derive_kernel "$made" "$image" "$base"
	rm -rf "$base"
	ln -s "$headers" "$made/headers"
	chmod 755 "$made"
	mkdir -p "${KERNEL%/*}"
	rm -rf "$KERNEL"
	mv -T "$made" "$KERNEL"
}
