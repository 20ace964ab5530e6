# shellcheck shell=bash
# A private apt root in the cache: it takes the host's own Debian sources, keys
# and proxy settings, and an empty list of installed packages, so that any
# package's whole closure can be resolved, fetched and unpacked without root
# and without touching the system.

# Debian publishes four times a day and replaces kernels every few weeks; lists
# older than this may name files that the mirrors no longer have.
readonly APT_LISTS_MAX_AGE_S=86400
# A mirror that does not answer is given up after this long, three times.
readonly APT_TIMEOUT_S=30
readonly APT_RETRIES=3

APT_ROOT=

# apt_prepare: (re)writes the configuration, which is cheap, so that a change
# of the host's sources is seen by the next run.
apt_prepare() {
	local codename list="" parts="" file trusted="" trusted_parts=""
	local -a files=()
	codename=$(host_codename)
	APT_ROOT=$CACHE/apt/$codename
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
	awk -v codename="$codename" -f "$TOOLS/apt-sources.awk" "${files[@]}" \
		>"$file.new"
	# Its age tells apt_refresh whether the lists belong to these sources.
	if cmp -s "$file.new" "$file"; then rm "$file.new"; else mv "$file.new" "$file"; fi
	[ -s "$file" ] ||
		die "none of the apt sources in $list and $parts is Debian's $codename main"

	{
		# The host's proxies and time-outs, not its hooks.
		apt-config dump | grep '^Acquire::' || true
		cat <<-CONF
			#clear Acquire::IndexTargets::deb::DEP-11;
			Acquire::Languages "none";
			Acquire::Retries "$APT_RETRIES";
			Acquire::http::Timeout "$APT_TIMEOUT_S";
			Acquire::https::Timeout "$APT_TIMEOUT_S";
			APT::Architecture "amd64";
			APT::Architectures { "amd64"; };
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

# apt_refresh [force]: the package lists, fetched once a day or when told. Two
# runs that fetch different things may both come here.
apt_refresh() { with_lock package-lists refresh_lists "$@"; }

refresh_lists() {
	local stamp
	apt_prepare
	stamp=$APT_ROOT/refreshed
	if [ -n "$OFFLINE" ]; then
		[ -e "$stamp" ] || need_network "the list of Debian packages"
		return
	fi
	if [ -z "${1:-}" ] && [ -e "$stamp" ] &&
		[ ! "$APT_ROOT/sources/debian.sources" -nt "$stamp" ] &&
		[ $(($(now) - $(stat -c %Y "$stamp"))) -lt "$APT_LISTS_MAX_AGE_S" ]; then
		return
	fi
	say "fetching Debian's package lists (about 10 MB)"
	logged apt_private apt-get -q=1 update || die "the package lists could not be fetched"
	touch "$stamp"
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

# apt_size: the sum of the sizes of such lines on stdin.
apt_size() { awk '{ sum += $4 } END { printf "%d", sum }'; }
