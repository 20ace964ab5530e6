# shellcheck shell=bash
# Tools from elsewhere than the host, unpacked in the cache: a small root of
# another suite, in which its kernels can be built, and a cross compiler.

# What a kernel's build runs besides what its headers depend on.
readonly ROOT_PACKAGES=(bash coreutils dash findutils grep make mawk perl-base sed)

# What the names of a compiler for arm64 begin with.
readonly ARM64_PREFIX=aarch64-linux-gnu

# root_closure PACKAGE...: these in a root that can build modules.
root_closure() { apt_closure "${ROOT_PACKAGES[@]}" "$@"; }

# finish_root TREE: what maintainer scripts would have done.
finish_root() {
	mkdir -p "$1"/{dev,proc,tmp}
	ln -sf mawk "$1/usr/bin/awk"
	ln -sf dash "$1/usr/bin/sh"
}

# in_root ROOT COMMAND...: with the project at its own place in there. Needs no
# root where users may make namespaces of their own, as Debian lets them.
in_root() {
	local root=$1
	local -a user=()
	shift
	[ "$(id -u)" = 0 ] || user=(--user --map-root-user)
	unshare "${user[@]}" --mount true ||
		die "cannot make a mount namespace, which building for this kernel needs"
	unshare "${user[@]}" --mount "$TOOLS/in-root" "$root" "$ROOT" "$@"
}

# arm64_closure SUITE NAME: headers for arm64, the build's programs for this
# host, and a cross compiler. The C library for arm64 is not among it.
arm64_closure() {
	apt_use "$1" arm64
	apt_closure "linux-headers-$2" | grep '^linux-headers-' || return
	apt_use "$1" amd64
	apt_closure "linux-headers-${2%-arm64}-amd64" | grep '^linux-kbuild-' || return
	apt_closure "$(host_compiler)-$ARM64_PREFIX" | grep -E "^(binutils|cpp|gcc).*-$ARM64_PREFIX(-base)? "
}

# cross_make TREE ARGS...: make with the compiler and its libraries in TREE.
cross_make() {
	local tree=$1
	shift
	PATH=$tree/usr/bin:$PATH LD_LIBRARY_PATH=$tree/usr/lib/x86_64-linux-gnu make \
		CROSS_COMPILE="$ARM64_PREFIX-" CC="$ARM64_PREFIX-$(host_compiler)" "$@"
}
