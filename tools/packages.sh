# shellcheck shell=bash
# The host's packages: what each kind of work needs, what is missing, and how
# to get it installed without ever asking a question where nobody can answer.

# group | how its presence is seen | package on Debian 12 | on Debian 13
host_packages() {
	cat <<-'TABLE'
		build  cmd:make                  make                  make
		build  cmd:gcc-12                gcc-12                -
		build  cmd:gcc-14                -                     gcc-14
		build  file:/usr/include/stdio.h libc6-dev             libc6-dev
		build  lib:libelf.so.1           libelf1               libelf1t64
		build  perl:Pod::Usage           perl                  perl
		build  cmd:javac                 default-jdk-headless  default-jdk-headless
		build  cmd:mvn                   maven                 maven
		build  cmd:zsh                   zsh                   zsh
		vm     cmd:qemu-system-x86_64    qemu-system-x86       qemu-system-x86
		vm     cmd:mkfs.erofs            erofs-utils           erofs-utils
		vm     cmd:depmod                kmod                  kmod
		vm     cmd:xz                    xz-utils              xz-utils
		vm     cmd:zstd                  zstd                  zstd
		vm     cmd:lz4                   lz4                   lz4
		source cmd:flex                  flex                  -
		source cmd:bison                 bison                 -
		source cmd:bc                    bc                    -
		source file:/usr/include/gelf.h  libelf-dev            -
		model  cmd:spin                  spin                  spin
		model  cmd:gcc-12                gcc-12                -
		model  cmd:gcc-14                -                     gcc-14
		model  file:/usr/include/stdio.h libc6-dev             libc6-dev
		bench  cmd:targetcli             targetcli-fb          targetcli-fb
		bench  cmd:auditctl              auditd                auditd
		bench  cmd:nft                   nftables              nftables
		bench  cmd:nvme                  nvme-cli              nvme-cli
		deb    cmd:dh                    debhelper             debhelper
		deb    cmd:dh_dkms               dh-dkms               dh-dkms
		deb    cmd:dpkg-buildpackage     dpkg-dev              dpkg-dev
		deb    cmd:lintian               lintian               lintian
		deb    cmd:unzip                 unzip                 unzip
		boot   cmd:mkfs.ext4             e2fsprogs             e2fsprogs
		ansible cmd:ansible-galaxy       ansible-core          ansible-core
		fleet  cmd:ssh                   openssh-client        openssh-client
		check  cmd:shellcheck            shellcheck            shellcheck
		check  cmd:sparse                sparse                sparse
		check  cmd:mandoc                mandoc                mandoc
		check  cmd:clang-format          clang-format          clang-format
		check  cmd:git                   git                   git
	TABLE
}

# missing_packages GROUP...
missing_packages() {
	local release group probe deb12 deb13 package
	release=$(host_release)
	while read -r group probe deb12 deb13; do
		case " $* " in *" $group "*) ;; *) continue ;; esac
		case $release in 12) package=$deb12 ;; 13) package=$deb13 ;; esac
		[ "$package" = - ] || present "$probe" || printf '%s\n' "$package"
	done < <(host_packages)
}

present() {
	case $1 in
	cmd:*) command -v "${1#cmd:}" >/dev/null ;;
	file:*) [ -e "${1#file:}" ] ;;
	# A kernel build with W=1 reads kernel-doc, and that wants all of Perl.
	perl:*) perl -M"${1#perl:}" -e 1 2>/dev/null ;;
	lib:*) [[ $(ldconfig -p) == *"${1#lib:} "* ]] ;;
	esac
}

# ensure_packages GROUP...: installs what is missing, or says how and ends.
ensure_packages() {
	local -a missing=() command=() as_root=()
	require_amd64
	mapfile -t missing < <(missing_packages "$@")
	[ ${#missing[@]} -gt 0 ] || return 0
	command=(apt-get install -y --no-install-recommends "${missing[@]}")
	say "this host lacks: ${missing[*]}"
	[ -z "$OFFLINE" ] || needs_root "${command[@]}"

	if [ "$(id -u)" != 0 ]; then
		# With a terminal sudo may ask for a password; without, never.
		if sudo -n true 2>/dev/null; then
			as_root=(sudo -n)
		elif command -v sudo >/dev/null && [ -t 0 ] && [ -t 2 ]; then
			as_root=(sudo)
		else
			needs_root "${command[@]}"
		fi
	fi
	as_root+=(env DEBIAN_FRONTEND=noninteractive)
	# A fresh machine or container has no package lists, or old ones.
	if ! apt-get install -s -qq --no-install-recommends "${missing[@]}" >/dev/null 2>&1; then
		logged "${as_root[@]}" apt-get -q update || say "apt-get update failed; trying what is there"
	fi
	say_sizes "${missing[@]}"
	if ! logged "${as_root[@]}" "${command[@]}" -q; then
		# Old lists name files that the mirror no longer has.
		logged "${as_root[@]}" apt-get -q update || true
		logged "${as_root[@]}" "${command[@]}" -q ||
			die "apt-get could not install: ${missing[*]}"
	fi
	mapfile -t missing < <(missing_packages "$@")
	[ ${#missing[@]} -eq 0 ] || die "installed, but still not found: ${missing[*]}"
}

needs_root() {
	say "as root, run:"
	printf '  %s\n' "$*"
	exit "$EXIT_NEEDS_ROOT"
}

# say_sizes PACKAGE...: apt's own two lines about it.
say_sizes() {
	LC_ALL=C apt-get install --print-uris -y --no-install-recommends "$@" 2>/dev/null |
		sed -n 's/^Need to get/dev: apt-get will fetch/p; s/^After this operation,/dev: after which/p' >&2 || true
}

# drop_to_sudo_user ARGS...: root was needed for packages only. Run by sudo, the
# rest is done as the person who typed it, so that no file of theirs becomes
# root's.
drop_to_sudo_user() {
	local home
	if [ "$(id -u)" != 0 ] || [ "${SUDO_UID:-0}" = 0 ]; then
		return 0
	fi
	home=$(getent passwd "$SUDO_UID" | cut -d: -f6)
	say "going on as ${SUDO_USER:-uid $SUDO_UID}"
	cd "$ROOT" || exit
	clean_up
	exec setpriv --reuid "$SUDO_UID" --regid "${SUDO_GID:?}" --init-groups \
		env -u SUDO_UID -u SUDO_GID -u SUDO_USER -u XDG_CACHE_HOME HOME="$home" \
		"$ROOT/dev" "$@"
}
