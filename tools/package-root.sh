# shellcheck shell=bash
# Debian roots into which packages are installed: unlike the guest's userland they
# are installed by dpkg, maintainer scripts and all, so that what follows is what
# a machine would see. Made as root, in namespaces; kept in the cache.

# Bump when the way a root is made changes, so that caches follow.
readonly PACKAGE_ROOT_RECIPE=1

# Set by use_package_root: a directory with tree/, and headers/N-NAME/*.deb.
PACKAGE_ROOT=

# header_packages SUITE: what brings headers of the kernels that Fang is for, in the
# order in which a machine might get them.
header_packages() {
	case $1 in
	bookworm) echo linux-headers-cloud-amd64 linux-headers-6.12-cloud-amd64 ;;
	*) echo linux-headers-cloud-amd64 ;;
	esac
}

package_root_packages() { sed 's/#.*//' "$TOOLS/package-root-packages" | xargs; }

# package_root SUITE: where it is, or will be.
package_root() {
	printf '%s %s' "$PACKAGE_ROOT_RECIPE" "$(package_root_packages) $(header_packages "$1")" |
		sha256sum | cut -c1-16 | sed "s#^#$CACHE/package-roots/$1-#"
}

# use_package_root SUITE: makes it available and sets PACKAGE_ROOT.
use_package_root() {
	PACKAGE_ROOT=$(package_root "$1")
	[ -e "$PACKAGE_ROOT" ] || with_lock "package-root-$1" make_package_root "$1"
	PACKAGE_ROOT=$(readlink -f "$PACKAGE_ROOT")
}

# fetch_package_root SUITE: the newest.
fetch_package_root() {
	PACKAGE_ROOT=$(package_root "$1")
	with_lock "package-root-$1" make_package_root "$1" renew
}

# essential_packages: of the apt root in use.
essential_packages() {
	apt_private apt-cache dumpavail |
		awk '/^Package:/ { name = $2 } /^Essential: yes/ { print name }' | sort -u
}

# make_package_root SUITE [force]: a root per set of versions, and a link from the
# list of names to the newest.
make_package_root() {
	local suite=$1 link=$PACKAGE_ROOT essential lines more made entry package number=0
	local -a packages headers=()
	if [ -z "${2:-}" ] && [ -e "$link" ]; then return 0; fi
	need_network "a root of Debian $suite to install packages in"
	apt_refresh "$suite"
	new_cache_tmp made
	essential=$(essential_packages | xargs)
	read -ra packages <<<"$essential usr-is-merged"
	apt_closure "${packages[@]}" | sort >"$made/essential"
	read -ra packages <<<"$essential $(package_root_packages)"
	apt_closure "${packages[@]}" | sort >"$made/all"
	[ -s "$made/all" ] || die "the packages of a root of Debian $suite could not be resolved"
	read -ra headers <<<"$(header_packages "$suite")"
	cp "$made/all" "$made/known"
	for package in "${headers[@]}"; do
		number=$((number + 1))
		apt_closure "${packages[@]}" "$package" | sort | comm -13 "$made/known" - >"$made/$number-$package"
		sort -o "$made/known" "$made/known" "$made/$number-$package"
	done
	entry=${link%/*}/$suite-versions-$(sha256sum <"$made/known" | cut -c1-16)-r$PACKAGE_ROOT_RECIPE
	if [ ! -e "$entry" ]; then
		say "fetching a root of Debian $suite: $(wc -l <"$made/known") packages, $(mib "$(apt_size <"$made/known")")"
		mkdir -p "$made/entry/tree" "$made/debs/essential" "$made/debs/more"
		apt_fetch "$made/debs/essential" <"$made/essential"
		comm -13 "$made/essential" "$made/all" | apt_fetch "$made/debs/more"
		number=0
		for package in "${headers[@]}"; do
			number=$((number + 1))
			more=$made/entry/headers/$number-$package
			mkdir -p "$more"
			apt_fetch "$more" <"$made/$number-$package"
		done
		say "installing it"
		lay_merged_usr "$made/entry/tree"
		unpack_debs "$made/entry/tree" "$made/debs/essential"/*.deb
		mkdir "$made/shared"
		mv "$made/debs" "$made/shared/debs"
		cp "$TOOLS/package-root-make" "$made/shared/make"
		logged in_package_root "$made/entry/tree" "$made/shared" --keep /fang/make ||
			die "the root of Debian $suite could not be made"
		chmod 755 "$made/entry"
		mkdir -p "${entry%/*}"
		mv -T "$made/entry" "$entry"
	fi
	ln -sfn "${entry##*/}" "$link.new"
	mv -T "$link.new" "$link"
	rm -rf "$made"
}

# in_package_root TREE SHARED [--keep] COMMAND...: as root of the tree, with no
# network, nothing of this machine's, and SHARED as /fang. Without --keep what is
# written goes to memory.
in_package_root() {
	unshare --mount --pid --fork --kill-child --ipc --uts --net "$TOOLS/in-package-root" "$@"
}
