# shellcheck shell=bash
# The guest's userland: the packages of GUEST_LIST, GUEST_MORE and all they depend on,
# unpacked into a tree without root and packed as a read-only erofs image.

# Bump when the way the tree is made changes, so that caches follow.
readonly GUEST_RECIPE=1
# The unprivileged user in the guest.
readonly GUEST_UID=1000

# The largest parts of the tree that no test reads.
readonly GUEST_UNUSED=(usr/share/doc usr/share/man usr/share/info usr/share/locale
	usr/share/lintian usr/share/bug usr/share/icons usr/share/perl usr/lib/udev
	usr/share/zoneinfo usr/share/bash-completion usr/share/i18n usr/share/fonts)

GUEST_IMAGE=
# Packages, one a line; ./dev stress has a list of its own.
GUEST_LIST=$TOOLS/guest-packages
# What a stage needs besides: a file of tools/guest-packages-*.
GUEST_MORE=

guest_packages() { sed 's/#.*//' "$GUEST_LIST" ${GUEST_MORE:+"$GUEST_MORE"} | xargs; }

guest_key() {
	printf '%s %s %s' "$(host_codename)" "$GUEST_RECIPE" "$(guest_packages)" |
		sha256sum | cut -c1-16
}

# use_guest_image: makes it available and sets GUEST_IMAGE.
use_guest_image() {
	GUEST_IMAGE=$CACHE/guests/$(guest_key).erofs
	[ -e "$GUEST_IMAGE" ] || with_lock guest make_guest_image
	GUEST_IMAGE=$(readlink -f "$GUEST_IMAGE")
}

renew_guest_image() {
	GUEST_IMAGE=$CACHE/guests/$(guest_key).erofs
	with_lock guest make_guest_image renew
}

# make_guest_image [force]: an image per set of versions, and a link from the
# list of names to the newest.
make_guest_image() {
	local lines made image packages link=$GUEST_IMAGE
	if [ -z "${1:-}" ] && [ -e "$link" ]; then return 0; fi
	need_network "the guest's userland"
	apt_refresh
	packages=$(guest_packages)
	# shellcheck disable=SC2086 # a list of words
	lines=$(apt_closure $packages)
	[ -n "$lines" ] || die "the guest's packages could not be resolved"
	image=$CACHE/guests/versions-$(printf '%s %s' "$GUEST_RECIPE" "$lines" | sha256sum | cut -c1-16).erofs
	mkdir -p "$CACHE/guests"
	if [ ! -e "$image" ]; then
		say "fetching the guest's userland: $(wc -l <<<"$lines") packages, $(mib "$(apt_size <<<"$lines")")"
		new_cache_tmp made
		mkdir "$made/debs"
		apt_fetch "$made/debs" <<<"$lines"
		say "unpacking the guest's userland"
		lay_merged_usr "$made/tree"
		unpack_debs "$made/tree" "$made/debs"/*.deb
		rm -rf "$made/debs"
		finish_guest_tree "$made/tree"
		mkfs.erofs --all-root "$made/image" "$made/tree" >/dev/null
		mv -T "$made/image" "$image"
		chmod 644 "$image"
		rm -rf "$made/tree"
	fi
	ln -sfn "${image##*/}" "$link.new"
	mv -T "$link.new" "$link"
}

# finish_guest_tree TREE: what maintainer scripts would have done, as far as
# the guest needs it. ld.so finds Debian's library directories without a cache.
finish_guest_tree() {
	local tree=$1 unused
	chmod 755 "$tree"
	for unused in "${GUEST_UNUSED[@]}"; do
		rm -rf "${tree:?}/$unused"
	done
	mkdir -p "$tree"/{dev,proc,sys,run,tmp,fang,mnt,root,home/user,usr/lib/modules}
	chmod 1777 "$tree/tmp"
	[ ! -d "$tree/usr/lib/jvm" ] || finish_guest_java "$tree"
	[ -e "$tree/usr/bin/awk" ] || ln -s gawk "$tree/usr/bin/awk"
	[ -e "$tree/usr/bin/sh" ] || ln -s dash "$tree/usr/bin/sh"
	[ -e "$tree/usr/bin/which" ] || ln -s which.debianutils "$tree/usr/bin/which"
	[ -e "$tree/usr/bin/pager" ] || ln -s less "$tree/usr/bin/pager"
	guest_etc "$tree/etc"
}

finish_guest_java() {
	local tree=$1 java
	java=$(find "$tree/usr/lib/jvm" -maxdepth 1 -name 'java-*-openjdk-amd64' -type d -print -quit)
	[ -x "$java/bin/java" ] || die "the guest's packages hold no Java"
	ln -sf "/usr/lib/jvm/${java##*/}/bin/java" "$tree/usr/bin/java"
	# The class data archive halves a JVM's start; the package makes it when it
	# is installed.
	if [ ! -e "$java/lib/server/classes.jsa" ]; then
		"$java/bin/java" -Xshare:dump >/dev/null 2>&1 || true
	fi
}

guest_etc() {
	local etc=$1 part
	mkdir -p "$etc/pam.d"
	cat >"$etc/passwd" <<-PASSWD
		root:x:0:0:root:/root:/bin/bash
		nobody:x:65534:65534:nobody:/nonexistent:/usr/sbin/nologin
		user:x:$GUEST_UID:$GUEST_UID:user:/home/user:/bin/bash
	PASSWD
	cat >"$etc/group" <<-GROUP
		root:x:0:
		tty:x:5:
		nogroup:x:65534:
		user:x:$GUEST_UID:
	GROUP
	printf '%s:*:19000:0:99999:7:::\n' root nobody user >"$etc/shadow"
	chmod 600 "$etc/shadow"
	printf 'passwd: files\ngroup: files\nshadow: files\nhosts: files\n' >"$etc/nsswitch.conf"
	printf '127.0.0.1 localhost fang\n::1 localhost\n' >"$etc/hosts"
	printf 'fang\n' >"$etc/hostname"
	ln -sf /proc/mounts "$etc/mtab"
	: >"$etc/fstab"
	# su and runuser work; there is nobody to keep out.
	for part in auth account password session; do
		printf '%s required pam_permit.so\n' "$part" >"$etc/pam.d/common-$part"
	done
	cp "$etc/pam.d/common-session" "$etc/pam.d/common-session-noninteractive"
}

# guest_tree IMAGE: where the image is unpacked, once, so that its programs can run here.
guest_tree() { printf %s "${1%.erofs}.tree"; }

unpack_guest_image() {
	local made tree
	tree=$(guest_tree "$1")
	[ ! -e "$tree" ] || return 0
	new_cache_tmp made
	fsck.erofs --extract="$made/tree" "$1" >/dev/null 2>&1 || return
	mkdir -p "$made/tree/fang"
	mv -T "$made/tree" "$tree"
}

# make_guest_archive DIR: the archive of classes for DIR/share/fang/fangctl.jar, which is /fang in the guest, by the
# guest's Java: archives are of one Java, and of one path of the jar. The last one is kept.
make_guest_archive() {
	local dir=$1 kept=$BUILD/guest-archive
	if ! cmp -s "$dir/share/fang/fangctl.jar" "$kept/share/fang/fangctl.jar" ||
		[ "$(cat "$kept/image" 2>/dev/null)" != "$GUEST_IMAGE" ]; then
		rm -rf "$kept"
		mkdir -p "$kept/share/fang"
		cp -rp "$dir/bin" "$kept/"
		cp -p "$dir/share/fang/fangctl.jar" "$kept/share/fang/"
		cp -p "$ROOT/ctl/target/fangctl.classlist" "$kept/share/fang/"
		install -D -m 755 "$ROOT/ctl/src/main/bin/fangctl-archive" "$kept/lib/fang/fangctl-archive"
		unpack_guest_image "$GUEST_IMAGE" || return
		# shellcheck disable=SC2016 # for the shell in there
		(in_root "$(guest_tree "$GUEST_IMAGE")" /bin/sh -c \
			'mount --bind "$1" /fang && exec /fang/lib/fang/fangctl-archive /fang/share/fang/fangctl.jsa' sh "$kept") ||
			return
		printf %s "$GUEST_IMAGE" >"$kept/image"
	fi
	# With its times: the archive knows its jar by them.
	cp -p "$kept/share/fang"/fangctl.{jar,jsa,jsa.java} "$dir/share/fang/"
}

add_guest_archive() {
	grep -q jre < <(guest_packages) || return 0
	make_guest_archive "$1" || say "no archive of classes for the guest: fangctl starts slower there"
}
