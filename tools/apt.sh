# shellcheck shell=bash
# Private apt roots in the cache: each takes the host's own Debian sources, keys
# and proxy settings, and an empty list of installed packages, so that any
# package's whole closure can be resolved, fetched and unpacked without root
# and without touching the system. One a suite and architecture.

# Debian publishes four times a day and replaces kernels every few weeks; lists
# older than this may name files that the mirrors no longer have.
readonly APT_LISTS_MAX_AGE_S=86400
# A mirror that does not answer is given up after this long, three times.
readonly APT_TIMEOUT_S=30
readonly APT_RETRIES=3

# The root in use.
APT_ROOT=

# apt_use SUITE ARCHITECTURE: of those that were refreshed.
apt_use() {
	APT_ROOT=$CACHE/apt/$1
	[ "$2" = amd64 ] || APT_ROOT+=-$2
}

# apt_prepare SUITE ARCHITECTURE: (re)writes the configuration, which is cheap,
# so that a change of the host's sources is seen by the next run. Suites other
# than the host's own are looked for where the host's is.
apt_prepare() {
	local suite=$1 architecture=$2
	local codename list="" parts="" file trusted="" trusted_parts=""
	local -a files=()
	codename=$(host_codename)
	apt_use "$suite" "$architecture"
	mkdir -p "$APT_ROOT"/{lists,archives}/partial "$APT_ROOT/sources"
	: >"$APT_ROOT/status"

	eval "$(apt-config shell list Dir::Etc::sourcelist/f \
		parts Dir::Etc::sourceparts/d trusted Dir::Etc::trusted/f \
		trusted_parts Dir::Etc::trustedparts/d)"
	# shellcheck disable=SC2154 # set by the eval
	for file in "$list" "$parts"/*.list "$parts"/*.sources; do
		[ ! -f "$file" ] || [ ! -r "$file" ] || files+=("$file")
	done
	[ ${#files[@]} -gt 0 ] || die "no apt sources found in $list or $parts"
	file=$APT_ROOT/sources/debian.sources
	awk -v codename="$codename" -v suite="$suite" -f "$TOOLS/apt-sources.awk" \
		"${files[@]}" >"$file.new"
	# Its age tells apt_refresh whether the lists belong to these sources.
	if cmp -s "$file.new" "$file"; then rm "$file.new"; else mv "$file.new" "$file"; fi
	[ -s "$file" ] ||
		die "none of the apt sources in $list and $parts is Debian's $codename main"

	{
		# The host's proxies and time-outs, not its hooks.
		# Nor further indices, which other packages of the host have apt fetch.
		apt-config dump | grep '^Acquire::' | grep -v '^Acquire::IndexTargets' || true
		cat <<-CONF
			Acquire::Languages "none";
			Acquire::Retries "$APT_RETRIES";
			Acquire::http::Timeout "$APT_TIMEOUT_S";
			Acquire::https::Timeout "$APT_TIMEOUT_S";
			APT::Architecture "$architecture";
			APT::Architectures { "$architecture"; };
			APT::Install-Recommends "false";
			APT::Sandbox::User "root";
			APT::Update::Error-Mode "any";
			Dir::Etc::main "/dev/null";
			Dir::Etc::parts "/dev/null";
			Dir::Etc::sourcelist "/dev/null";
			Dir::Etc::sourceparts "$APT_ROOT/sources";
			Dir::Etc::preferences "/dev/null";
			Dir::Etc::preferencesparts "/dev/null";
			Dir::Etc::trusted "${trusted:-/dev/null}";
			Dir::Etc::trustedparts "${trusted_parts:-/etc/apt/trusted.gpg.d}";
			Dir::State "$APT_ROOT";
			Dir::State::status "$APT_ROOT/status";
			Dir::Cache "$APT_ROOT";
			Dir::Cache::srcpkgcache "";
			Acquire::GzipIndexes "true";
		CONF
	} >"$APT_ROOT/apt.conf"
}

apt_private() { APT_CONFIG=$APT_ROOT/apt.conf "$@" </dev/null; }

# apt_refresh [SUITE [ARCHITECTURE]]: the package lists, of the host's suite
# unless told otherwise, fetched once a day, or with RENEW_LISTS set once a run.
# They are in use afterwards. Two runs that fetch different things may both come here.
apt_refresh() { with_lock package-lists refresh_lists "${1:-$(host_codename)}" "${2:-amd64}"; }

RENEW_LISTS=

refresh_lists() {
	local stamp
	apt_prepare "$1" "$2"
	stamp=$APT_ROOT/refreshed
	if [ -n "$OFFLINE" ]; then
		[ -e "$stamp" ] || need_network "the list of Debian packages ($1 $2)"
		return
	fi
	if [[ -z $RENEW_LISTS || $RENEW_LISTS == *" $1-$2 "* ]] && [ -e "$stamp" ] &&
		[ ! "$APT_ROOT/sources/debian.sources" -nt "$stamp" ] &&
		[ $(($(now) - $(stat -c %Y "$stamp"))) -lt "$APT_LISTS_MAX_AGE_S" ]; then
		return
	fi
	say "fetching the package lists of Debian $1 $2 (about 10 MB)"
	logged apt_private apt-get -q=1 update || die "the package lists could not be fetched"
	touch "$stamp"
	[ -z "$RENEW_LISTS" ] || RENEW_LISTS+=" $1-$2 "
}

# apt_closure PACKAGE...: these and all they depend on, one a line as
# "name version architecture size".
apt_closure() {
	apt_private apt-get -qq --print-uris -y install "$@" |
		awk '{
			file = $2
			sub(/\.deb$/, "", file)
			split(file, part, "_")
			gsub(/%3a/, ":", part[2])
			print part[1], part[2], part[3], $3
		}'
}

# apt_fetch DIR "name version arch size" lines on stdin: the .deb files of
# these packages, checked against the signed lists by apt.
apt_fetch() {
	local dir=$1 quiet=-qq
	local -a wanted
	mapfile -t wanted < <(awk '{ print $1 "=" $2 }')
	# apt's own progress is for terminals; in a log it is a line a package.
	[ ! -t 2 ] || quiet=-q=0
	(cd "$dir" && apt_private apt-get "$quiet" download "${wanted[@]}" >&2) ||
		die "a download failed; the lists may be stale: ./dev fetch renews them"
}

# unpack_debs TREE DEB...: through tar, as dpkg -x would replace the links that
# a merged /usr has for directories.
unpack_debs() {
	local tree=$1 deb
	shift
	for deb in "$@"; do
		dpkg-deb --fsys-tarfile "$deb" |
			tar -x -C "$tree" --keep-directory-symlink --no-same-owner -p -f -
	done
}

# lay_merged_usr TREE: /bin and its kin are links into /usr before any package
# is unpacked, as on an installed system.
lay_merged_usr() {
	local dir
	mkdir -p "$1"/usr/{bin,sbin,lib,lib64}
	for dir in bin sbin lib lib64; do
		ln -s "usr/$dir" "$1/$dir"
	done
}

# apt_size: the sum of the sizes of such lines on stdin.
apt_size() { awk '{ sum += $4 } END { printf "%d", sum }'; }
