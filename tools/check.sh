# shellcheck shell=bash
# ./dev check and ./dev fmt: what can be seen without running anything. Every
# check is a named line, all of them run, and parts of the project that are not
# there have no line.

# The format is the kernel's .clang-format as this version reads it; others
# break lines in other places.
readonly CLANG_FORMAT_VERSION=14

# Types of checkpatch's complaints that do not fit, each with its reason:
# LINUX_VERSION_CODE  compat.h is the place for it, out of tree
# FILE_PATH_CHANGES   asks for MAINTAINERS, which a module of its own lacks
# CONSTANT_COMPARISON takes LINUX_VERSION_CODE >= KERNEL_VERSION() for reversed
# MACRO_ARG_REUSE, MACRO_ARG_PRECEDENCE, COMPLEX_MACRO, TRAILING_SEMICOLON
#                     macros that make the functions of an attribute from its name
# UNCOMMENTED_DEFINITION  kernel-doc has the comment above the struct
readonly CHECKPATCH_IGNORE=LINUX_VERSION_CODE,FILE_PATH_CHANGES\
,CONSTANT_COMPARISON,MACRO_ARG_REUSE,MACRO_ARG_PRECEDENCE,COMPLEX_MACRO,TRAILING_SEMICOLON\
,UNCOMMENTED_DEFINITION

# Of a failed check's output: enough to start mending.
readonly SHOWN_LINES=40

# The exit code of a check that this host cannot make.
readonly CHECK_SKIPPED=77

CHECKS_FAILED=0
KERNEL_SCRIPTS=

# check NAME COMMAND...: if it fails, the beginning of its output is shown.
check() {
	local name=$1 log rc=0 lines
	shift
	log=$BUILD/log/check-$(tr -cs 'a-zA-Z0-9\n' - <<<"$name").log
	mkdir -p "$BUILD/log"
	"$@" >"$log" 2>&1 </dev/null || rc=$?
	if [ "$rc" = 0 ]; then
		echo "ok      $name"
	elif [ "$rc" = "$CHECK_SKIPPED" ]; then
		echo "skipped $name: $(tail -n 1 "$log")"
	else
		head -n "$SHOWN_LINES" "$log" | sed 's/^/        /'
		lines=$(wc -l <"$log")
		[ "$lines" -le "$SHOWN_LINES" ] ||
			echo "        ... and $((lines - SHOWN_LINES)) lines more in ${log#"$ROOT/"}"
		echo "not ok  $name"
		CHECKS_FAILED=$((CHECKS_FAILED + 1))
	fi
}

verb_check() {
	[ $# -eq 0 ] || die "check takes no arguments"
	VM_KERNEL=$(default_kernel)
	use_kernel "$VM_KERNEL"
	check "shell scripts (shellcheck)" check_shell
	check "no reader leaves a pipeline early" check_pipelines
	check "readers of results and sources (tools/selftest.sh)" "$TOOLS/selftest.sh"
	check "no file names this machine's directories or mirrors" check_names
	check "the Ansible collection has the project's version" check_collection_version
	if [ -e "$ROOT/kernel/Kbuild" ]; then
		use_kernel_scripts
		check "kernel: includes point downwards" "$TOOLS/check-includes.sh" "$ROOT/kernel"
		check "kernel: cases that promises.rst names exist" "$TOOLS/check-promises.sh" "$ROOT"
		check "kernel: checkpatch" check_checkpatch
		check "kernel: sparse" check_sparse
		check "kernel: format" check_c_format
	fi
	if compgen -G "$ROOT/man/*.[1-9]" >/dev/null; then
		check "man pages (mandoc)" mandoc -Tlint -W warning "$ROOT"/man/*.[1-9]
	fi
	if grep -qs spotless "$ROOT/pom.xml"; then
		check "Java: format (spotless)" maven -q spotless:check
	fi
	if [ "$CHECKS_FAILED" != 0 ]; then
		say "$CHECKS_FAILED checks failed; ./dev fmt mends formats"
		return 1
	fi
}

# project_files: tracked and new files; in a tree without git, all of them.
project_files() {
	# The checkout may be another user's, as where sudo left this to root.
	if git -c safe.directory='*' -C "$ROOT" rev-parse --git-dir >/dev/null 2>&1; then
		git -c safe.directory='*' -C "$ROOT" ls-files -co --exclude-standard
	else
		(cd "$ROOT" && find . -type f ! -path './build/*' ! -path '*/target/*' -printf '%P\n')
	fi | while read -r file; do
		[ ! -f "$ROOT/$file" ] || printf '%s\n' "$file"
	done
}

check_shell() {
	local -a scripts=()
	local file first
	while read -r file; do
		read -r first <"$ROOT/$file" 2>/dev/null || continue
		case $first in
		# Parts of ./dev are read with it, so that uses are seen where they are.
		'# shellcheck shell='*) ;;
		'#!'*sh) scripts+=("$file") ;;
		esac
	done < <(project_files)
	# busybox sh is close to ash, which shellcheck takes for dash.
	cd "$ROOT" && shellcheck -x -a "${scripts[@]}"
}

# check_pipelines: where pipefail holds, a reader that leaves early (grep -q, head) now and then makes the
# writer die of SIGPIPE, and the pipeline fail though it found what it looked for.
check_pipelines() {
	local file bad=0
	while read -r file; do
		grep -qE '^set -.*pipefail|^# shellcheck shell=' "$ROOT/$file" || continue
		if grep -HnE '^[^#]*[^|]\| (grep -[a-zA-Z]*q|head) ' "$ROOT/$file" | grep -v '|| true$'; then
			echo "$file: read from a process substitution, or with awk or sed to the end"
			bad=1
		fi
	done < <(project_files | grep -E '^(dev|tools/.*|\.ci/.*)$')
	return "$bad"
}

# check_names: paths and hosts of the machine this runs on have no business in
# the project; what they are, the machine itself tells.
check_names() {
	local parent bad=0
	local -a patterns=()
	parent=$(dirname "$ROOT")
	case $parent in / | /tmp | /home | /root | /srv | /opt | /usr/src) ;; *) patterns+=("$parent/") ;; esac
	mapfile -t -O "${#patterns[@]}" patterns < <(
		sed -nE 's#^URIs: +[a-z+]+://([^/ ]+).*#\1#p' "$CACHE"/apt/*/sources/debian.sources |
			grep -vE '^((deb|security|ftp)\.debian\.org|)$' | sort -u
	)
	[ ${#patterns[@]} -gt 0 ] || return 0
	while read -r file; do
		if grep -HnFI "${patterns[@]/#/-e}" "$ROOT/$file"; then bad=1; fi
	done < <(project_files)
	return "$bad"
}

kernel_c_files() {
	find "$ROOT/kernel" -name '*.[ch]' ! -name '*.mod.c' "$@" | sort
}

# use_kernel_scripts: checkpatch with its lists, and .clang-format, out of the
# kernel's source package: 140 MB, of which 300 kB are kept.
use_kernel_scripts() {
	KERNEL_SCRIPTS=$CACHE/kernel-scripts-$(default_kernel)
	[ -d "$KERNEL_SCRIPTS" ] || with_lock kernel-scripts fetch_kernel_scripts
}

fetch_kernel_scripts() {
	local made package lines
	package=linux-source-$(default_kernel)
	[ ! -d "$KERNEL_SCRIPTS" ] || return 0
	need_network "checkpatch ($package)"
	apt_refresh
	lines=$(apt_closure "$package" | grep "^$package ")
	say "fetching $package for checkpatch and .clang-format: $(mib "$(apt_size <<<"$lines")")"
	new_cache_tmp made
	mkdir "$made/keep"
	apt_fetch "$made" <<<"$lines"
	say "unpacking $package"
	dpkg-deb --fsys-tarfile "$made"/*.deb |
		tar -xO --wildcards '*/linux-source-*.tar.xz' |
		tar -xJ -C "$made/keep" --strip-components 1 --wildcards \
			'*/scripts/checkpatch.pl' '*/scripts/spelling.txt' \
			'*/scripts/const_structs.checkpatch' 'linux-source-*/.clang-format'
	chmod 755 "$made/keep"
	mv -T "$made/keep" "$KERNEL_SCRIPTS"
}

# The test programs live in user space and follow its habits; tracepoints have a
# form of their own.
check_checkpatch() {
	# From within, so that include/uapi is seen to be user space's.
	cd "$ROOT/kernel" && kernel_c_files ! -path '*/tests/*' ! -name trace.h | sed "s#^$ROOT/kernel/##" |
		xargs perl "$KERNEL_SCRIPTS/scripts/checkpatch.pl" --no-tree --strict \
			--quiet --terse --no-summary --show-types --ignore "$CHECKPATCH_IGNORE" -f
}

# sparse has no incremental mode: C=2 reads every file, changed or not.
check_sparse() { build_module sparse C=2 CHECK=sparse; }

# The kernel's format, but for lines of 100 columns, which checkpatch allows, and
# tables of constants in columns. clang-format has no way to say so on its own.
use_c_format() {
	C_FORMAT=$ROOT/build/clang-format
	mkdir -p "$ROOT/build"
	sed -e '/^ColumnLimit:/d; /^AlignConsecutiveMacros:/d' \
		-e 's/^---$/---\nColumnLimit: 100\nAlignConsecutiveMacros: true/' \
		"$KERNEL_SCRIPTS/.clang-format" >"$C_FORMAT"
}

check_c_format() {
	local file bad=0
	clang_format_fits || return "$CHECK_SKIPPED"
	use_c_format
	while read -r file; do
		if ! clang-format "--style=file:$C_FORMAT" "$file" |
			cmp -s - "$file"; then
			echo "${file#"$ROOT/"} is not formatted"
			bad=1
		fi
	done < <(kernel_c_files)
	return "$bad"
}

clang_format_fits() {
	local version
	version=$(clang-format --version | sed -n 's/.*version \([0-9]*\).*/\1/p')
	if [ "$version" != "$CLANG_FORMAT_VERSION" ]; then
		echo "clang-format $version formats differently from $CLANG_FORMAT_VERSION"
		return 1
	fi
}

verb_fmt() {
	[ $# -eq 0 ] || die "fmt takes no arguments"
	if [ -e "$ROOT/kernel/Kbuild" ]; then
		use_kernel_scripts
		if clang_format_fits >&2; then
			use_c_format
			kernel_c_files | xargs clang-format -i "--style=file:$C_FORMAT"
		fi
	fi
	if grep -qs spotless "$ROOT/pom.xml"; then
		maven -q spotless:apply
	fi
}
