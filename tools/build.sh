# shellcheck shell=bash
# Builds the module, its test programs and the tool. The kernel's build writes
# beside the sources, so it gets a directory of links to them; the checkout
# stays clean.

readonly JAR=$ROOT/ctl/target/fangctl.jar

# Warnings of the build, whoever prints them: compiler, modpost, sparse.
readonly BUILD_WARNING='(warning|WARNING|error): '

# The compiler that the host's own kernel was built with is there; no other.
host_compiler() {
	case $(host_release) in
	12) echo gcc-12 ;;
	13) echo gcc-14 ;;
	esac
}

# compiler HEADERS: the one that the kernel itself was built with.
compiler() {
	local named
	named=$(sed -n 's/^CC = .*\(gcc-[0-9]*\).*/\1/p' "$1/.kernelvariables" 2>/dev/null || true)
	printf %s "${named:-gcc}"
}

# kernel_make ARGS...: make in the headers of the kernel in use, with the tools
# that go with it.
kernel_make() {
	local headers
	headers=$(readlink -f "$KERNEL/headers")
	if [ -e "$KERNEL/root" ]; then
		in_root "$KERNEL/tree" make -s -C "${headers#"$KERNEL/tree"}" "$@"
	elif [ -e "$KERNEL/cross" ]; then
		cross_make "$KERNEL/tree" -s -C "$headers" "$@"
	else
		make -s -C "$headers" CC="$(compiler "$headers")" "$@"
	fi
}

# link_sources FROM TO: TO holds links to the sources in FROM, and only those.
link_sources() {
	local from=$1 to=$2 path
	mkdir -p "$to"
	(cd "$from" && find . -name tests -prune -o -type f \
		\( -name '*.[chS]' -o -name Kbuild -o -name Makefile \) \
		! -name '*.mod.c' -print) |
		while read -r path; do
			[ "$(readlink "$to/$path")" = "$from/$path" ] && continue
			mkdir -p "$to/${path%/*}"
			ln -sfn "$from/$path" "$to/$path"
		done
	find "$to" -xtype l -delete
}

# module_dir [debug]
module_dir() { printf %s "$BUILD/$KERNEL_RELEASE${1:+-$1}/module"; }

# build_module [debug] [MAKE-VARIABLE...]: needs use_kernel before. A warning
# fails; the log stays beside the module.
build_module() {
	local flavour=${1:-} dir log
	[ -e "$ROOT/kernel/Kbuild" ] || die "there is no kernel/Kbuild to build"
	[ $# -eq 0 ] || shift
	dir=$(module_dir "$flavour")
	log=$dir/build.log
	link_sources "$ROOT/kernel" "$dir"
	[ "$flavour" != debug ] || set -- FANG_SELFTEST=y "$@"
	if ! kernel_make M="$dir" W=1 KCFLAGS=-Werror -j"$(nproc)" "$@" modules >"$log" 2>&1 </dev/null ||
		grep -qE "$BUILD_WARNING" "$log"; then
		# Otherwise the next make would find the module made and be silent.
		rm -f "$dir/fang.ko"
		# Short names, and without what is said of every module.
		sed -e "s#$dir/#kernel/#g" -e "s#$KERNEL/tree/usr/src/##g" -e '/^Skipping BTF/d' "$log" >&2
		say "the module does not build cleanly for $KERNEL_RELEASE${flavour:+ ($flavour)}"
		return 1
	fi
}

build_test_programs() {
	[ -e "$ROOT/kernel/tests/Makefile" ] || return 0
	local log=$BUILD/tests/build.log
	mkdir -p "$BUILD/tests"
	if ! make_test_programs -j"$(nproc)" >"$log" 2>&1 ||
		grep -qE "$BUILD_WARNING" "$log"; then
		rm -f "$BUILD/tests/fang-tests"
		cat "$log" >&2
		say "the test programs do not build cleanly"
		return 1
	fi
}

make_test_programs() {
	make -C "$ROOT/kernel/tests" O="$BUILD/tests" CC="$(host_compiler)" "$@" </dev/null
}

# maven ARGS...: its output goes to logs, so no colours and no progress.
maven() { (cd "$ROOT" && mvn -B -ntp -Dstyle.color=never ${OFFLINE:+-o} "$@" </dev/null); }

# Maven leaves a jar alone whose content did not change, and the archive of
# classes knows its jar by its time: so the time of the build is another file's.
readonly TOOL_BUILT=$ROOT/ctl/target/fangctl.built

# tool_is_fresh: nothing that the jar is made of is newer than its build.
tool_is_fresh() {
	[ -e "$JAR" ] && [ -e "$TOOL_BUILT" ] && [ -z "$(find "$ROOT/pom.xml" "$ROOT/ctl/pom.xml" \
		"$ROOT/ctl/src" "$ROOT/profiles" -newer "$TOOL_BUILT" -print -quit 2>/dev/null)" ]
}

build_tool() {
	[ -e "$ROOT/pom.xml" ] || return 0
	! tool_is_fresh || return 0
	[ -d "$HOME/.m2/repository" ] ||
		say "the first build fetches libraries from Maven Central (some 100 MB)"
	local log=$BUILD/log/maven.log
	mkdir -p "$BUILD/log"
	if ! maven -q -DskipTests package >"$log" 2>&1; then
		cat "$log" >&2
		say "the tool does not build"
		return 1
	fi
	touch "$TOOL_BUILT"
}

# build_all [FLAVOUR...]: for the kernel in use; no flavour is the normal one.
build_all() {
	build_all_but_tool "$@" || return
	build_tool
}

build_all_but_tool() {
	local flavour
	[ $# -gt 0 ] || set -- ""
	mkdir -p "$BUILD" || die "cannot write to $BUILD"
	exec {BUILD_LOCK}>"$BUILD/.lock"
	flock -w "$LOCK_LIMIT_S" "$BUILD_LOCK" || die "another build has not ended"
	for flavour in "$@"; do
		build_module "$flavour" || return
	done
	build_test_programs || return
	exec {BUILD_LOCK}>&-
}
