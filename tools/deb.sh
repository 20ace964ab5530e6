# shellcheck shell=bash
# ./dev deb: Debian packages, built by debhelper in a copy of the sources, so
# that the checkout stays clean. See docs/design for why packaging/debian.

readonly PACKAGES=$BUILD/packages

# What packages are made of; the rest is for who develops Fang.
readonly PACKAGED=(LICENSE NEWS.md README.md ctl docs/examples kernel man packaging pom.xml profiles)

# The one place that has the version.
project_version() {
	awk -F '[<>]' '$2 == "version" { print $3; exit }' "$ROOT/pom.xml"
}

# source_date: when the sources were last changed, as far as they tell: two
# builds of one commit then give the same packages.
source_date() {
	if [ -n "${SOURCE_DATE_EPOCH:-}" ]; then
		printf %s "$SOURCE_DATE_EPOCH"
	else
		git -c safe.directory='*' -C "$ROOT" log -1 --format=%ct 2>/dev/null ||
			stat -c %Y "$ROOT/NEWS.md"
	fi
}

# deb_sources DIR VERSION DATE: a source package's tree.
deb_sources() {
	local dir=$1 version=$2 date=$3 file
	while read -r file; do
		case " ${PACKAGED[*]} " in *" ${file%%/*} "* | *" ${file%/*} "*) ;; *) continue ;; esac
		install -D -m "$([ -x "$ROOT/$file" ] && echo 755 || echo 644)" "$ROOT/$file" "$dir/$file"
	done < <(project_files)
	mv "$dir/packaging/debian" "$dir/debian"
	cat >"$dir/debian/changelog" <<-CHANGELOG
		fang ($version) unstable; urgency=medium

		  * What changed is in NEWS.md.

		 -- The Fang authors <fang@example.org>  $(date -u -R -d "@$date")
	CHANGELOG
}

# build_packages OUT VERSION [JAR]: the packages and their .changes in OUT. With
# JAR, what was built in the checkout is taken; else all is built anew.
build_packages() {
	local out=$1 version=$2 jar=${3:-} dir date log=$BUILD/log/deb.log
	date=$(source_date)
	new_tmp dir
	deb_sources "$dir/fang-$version" "$version" "$date"
	if [ -n "$jar" ]; then
		mkdir -p "$dir/fang-$version/ctl/target"
		cp "$jar" "${jar%.jar}.classlist" "$dir/fang-$version/ctl/target/"
	fi
	mkdir -p "$out" "$BUILD/log"
	# ./dev has looked for what is needed, in the versions that it needs.
	if ! (
		cd "$dir/fang-$version"
		umask 022
		export MAVEN_REPOSITORY=$HOME/.m2/repository SOURCE_DATE_EPOCH=$date
		# A jar that is there already is no leftover.
		dpkg-buildpackage --build=binary --no-sign --no-check-builddeps --no-pre-clean \
			--no-post-clean </dev/null
	) >"$log" 2>&1; then
		tail -n "$DEB_LOG_LINES" "$log" >&2
		say "the packages do not build: ${log#"$ROOT/"}"
		return 1
	fi
	rm -f "$out"/*.deb "$out"/*.changes "$out"/*.buildinfo
	cp "$dir"/*.deb "$dir"/*.changes "$dir"/*.buildinfo "$out/"
	rm -rf "$dir"
}

# Of a failed build's log: the step that failed, and what it said.
readonly DEB_LOG_LINES=40

verb_deb() {
	[ $# -eq 0 ] || die "deb takes no arguments"
	build_tool
	build_packages "$PACKAGES" "$(project_version)" "$JAR"
	(cd "$PACKAGES" && sha256sum -- *.deb)
	say "they are in ${PACKAGES#"$ROOT/"}; as root: apt install ./${PACKAGES#"$ROOT/"}/*.deb"
}
