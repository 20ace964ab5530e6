# shellcheck shell=bash
# Boots a guest with this run's files and carries a command's output, errors and
# exit code back to the host.

# An emulated guest is up in 3-6 s on an idle machine; a busy one with two cores
# takes five times that. Two minutes mean that it hangs.
readonly BOOT_LIMIT_S=120
# One command, unless --timeout says otherwise: the longest suite takes a
# fraction of this even under emulation.
readonly COMMAND_LIMIT_S=600
# After the exit code has come, only the reset is left.
readonly LEAVE_LIMIT_S=10
# A whole system takes a minute to start, and less to stop, but what waits for something there waits
# for 90 s, and is to be told from what hangs.
readonly SYSTEM_BOOT_LIMIT_S=480
readonly SYSTEM_LEAVE_LIMIT_S=240
# Memory that the demo and the suites need; the JVM is the largest part.
readonly DEFAULT_MEM_MIB=1024
# Lines of the console shown after a fault: an oops with its trace.
readonly CONSOLE_LINES=60

# What no run may leave in the console: crashes, lockdep, RCU, sanitizers.
readonly CONSOLE_FINDINGS='BUG:|Oops|WARNING:|KASAN|UBSAN|possible circular|possible recursive|suspicious RCU|unreferenced object|blocked for more than|general protection|refcount_t|Kernel panic|fang-guest:'

# Parameters of a run, set from options.
VM_KERNEL=
VM_SMP=1
VM_MEM=$DEFAULT_MEM_MIB
VM_LIMIT=$COMMAND_LIMIT_S
# What limits of time are multiplied by.
VM_SLOWNESS=1
VM_BARE=
# Set for a guest that needs the module only.
VM_WITHOUT_TOOL=
# "debug" for the module with its self-tests.
VM_FLAVOUR=
# Words for the kernel's command line.
VM_APPEND=
# Of several guests: its name, what else it finds under /fang, more for QEMU.
VM_NAME=
VM_MORE_FILES=
VM_DEVICES=()
# A disc with a whole system, which can be written: systemd is started from it, in place of the
# guest's own userland, and shut down at the end.
VM_DISC=

# parse_vm_options ARGS...: what is left over goes into VM_REST.
VM_REST=()
parse_vm_options() {
	local limit="" mem=""
	VM_KERNEL=$(default_kernel)
	while [ $# -gt 0 ]; do
		case $1 in
		--kernel | --smp | --mem | --timeout) [ $# -ge 2 ] || die "$1 needs a value" ;;
		esac
		case $1 in
		--kernel) VM_KERNEL=$2 && shift ;;
		--smp) VM_SMP=$2 && shift ;;
		--mem) mem=$2 && shift ;;
		--timeout) limit=$2 && shift ;;
		--debug) VM_FLAVOUR=debug ;;
		--bare) VM_BARE=yes ;;
		--offline) OFFLINE=yes ;;
		--)
			shift
			break
			;;
		-*) die "unknown option $1; ./dev help lists them" ;;
		*) break ;;
		esac
		shift
	done
	if is_sanitizer "$VM_KERNEL"; then
		VM_SLOWNESS=$SANITIZER_SLOWNESS
		VM_MEM=$SANITIZER_MEM_MIB
	fi
	VM_LIMIT=${limit:-$((COMMAND_LIMIT_S * VM_SLOWNESS))}
	VM_MEM=${mem:-$VM_MEM}
	local number
	for number in "$VM_SMP" "$VM_MEM" "$VM_LIMIT"; do
		[[ $number =~ ^[1-9][0-9]*$ ]] || die "not a positive number: $number"
	done
	VM_REST=("$@")
}

# prepare_vm: everything a guest needs, from the cache or fetched.
prepare_vm() {
	! is_built_only "$VM_KERNEL" || die "kernel $VM_KERNEL is there to build for, not to boot"
	use_kernel "$VM_KERNEL"
	use_guest_image
	choose_acceleration
}

# stage_payload DIR: the project's files as the guest sees them under /fang.
stage_payload() {
	local stage=$1 module jar
	mkdir -p "$stage/run" "$stage/bin" "$stage/share/fang"
	install -m 755 "$TOOLS/guest-session" "$stage/run/session"
	[ -z "$VM_MORE_FILES" ] || cp -rp "$VM_MORE_FILES"/. "$stage/"
	[ -z "$VM_BARE" ] || return 0
	for module in "" -debug; do
		[ ! -e "$BUILD/$KERNEL_RELEASE$module/module/fang.ko" ] ||
			cp "$BUILD/$KERNEL_RELEASE$module/module/fang.ko" "$stage/fang$module.ko"
	done
	[ ! -x "$BUILD/tests/fang-tests" ] || cp "$BUILD/tests"/fang-{tests,fuzz,bench,map,allow} "$stage/"
	[ -z "$VM_WITHOUT_TOOL" ] || return 0
	if [ -e "$ROOT/ctl/target/fangctl.jar" ]; then
		cp -p "$ROOT/ctl/target/fangctl.jar" "$stage/share/fang/"
		install -m 755 "$ROOT/ctl/src/main/bin/fangctl" "$stage/bin/fangctl"
		with_lock guest-archive add_guest_archive "$stage"
	fi
	for jar in "$ROOT"/ctl/target/fangctl*-tests.jar; do
		[ ! -e "$jar" ] || cp "$jar" "$stage/fangctl-tests.jar"
	done
	[ ! -d "$ROOT/ctl/src/test/guest" ] || cp -r "$ROOT/ctl/src/test/guest" "$stage/guest"
	[ ! -d "$ROOT/profiles" ] || cp -r "$ROOT/profiles" "$stage/profiles"
	[ ! -d "$ROOT/man" ] || cp -r "$ROOT/man" "$stage/man"
	cp "$TOOLS"/{demo.sh,stress-programs} "$TOOLS"/guest-{bench,bench-serve,cases,checks,clamd,command-line,fuzz,loads,programs,stress,test} "$stage/"
	cp -r "$TOOLS/programs" "$TOOLS/guest_cases.py" "$ROOT/docs/examples" "$stage/"
	# A checkout may be writable by its group; profiles that are applied must not be.
	chmod -R go-w "$stage"
}

# run_guest [COMMAND]: boots, runs COMMAND or, without one, a shell on this
# terminal. Returns the command's exit code, or EXIT_GUEST.
run_guest() {
	local dir load="" options="" size=""
	new_tmp dir
	stage_payload "$dir/payload"
	if [ -z "$VM_BARE" ]; then
		load=/fang/fang${VM_FLAVOUR:+-$VM_FLAVOUR}.ko
		[ -e "$dir/payload/${load##*/}" ] || die "no module built for $KERNEL_RELEASE"
	fi
	# Compiling costs an emulated guest far more than interpreting does.
	[ "$ACCEL" = kvm ] || options=-Xint
	[ $# -gt 0 ] || size=$(stty size)
	{
		printf 'FANG_LOAD=%q\n' "${GUEST_LOAD-$load}"
		printf 'FANG_SLOWNESS=%q\n' "$VM_SLOWNESS"
		printf 'FANG_SYSTEM=%q\n' "${VM_DISC:+yes}"
		printf 'FANGCTL_JAVA_OPTS=%q\n' "$options"
		printf 'FANG_TTY_SIZE=%q\nFANG_TERM=%q\n' "$size" "${TERM:-dumb}"
	} >"$dir/payload/run/environment"
	[ $# -eq 0 ] || printf '%s' "$1" >"$dir/payload/run/command"
	mkfs.erofs --all-root "$dir/payload.erofs" "$dir/payload" >/dev/null
	boot_guest "$dir" "$#"
}

# boot_guest DIR BATCH: QEMU on DIR/payload.erofs, watched until it ends.
boot_guest() {
	local dir=$1 batch=$2 qemu out err status line part="" verdict="" rc=0
	local deadline state=boot words=$VM_APPEND boot_limit=$BOOT_LIMIT_S leave_limit=$LEAVE_LIMIT_S
	local root=readonly=on,file=$GUEST_IMAGE
	local -a args
	if [ -n "$VM_DISC" ]; then
		words+=" fang.system systemd.unit=fang-cases.target systemd.show_status=1"
		boot_limit=$SYSTEM_BOOT_LIMIT_S leave_limit=$SYSTEM_LEAVE_LIMIT_S
		# Nobody needs it after a crash of this machine.
		root=cache=unsafe,file=$VM_DISC
	fi
	whole_initramfs "$dir"
	mkfifo "$dir/out" "$dir/err" "$dir/status"
	: >"$dir/console"
	# Opened both ways, so that neither side waits for the other to start.
	exec {status}<>"$dir/status"
	cat "$dir/out" &
	out=$!
	cat "$dir/err" >&2 &
	err=$!
	CHILDREN+=("$out" "$err")
	# shellcheck disable=SC2054 # the commas are QEMU's
	args=(-nodefaults -no-user-config -display none -no-reboot
		"${ACCEL_ARGS[@]}" -smp "$VM_SMP" -m "$VM_MEM"
		-kernel "$KERNEL/vmlinux" -initrd "$dir/initramfs"
		-append "console=ttyS0 quiet loglevel=5 panic=-1 oops=panic mitigations=off nokaslr no_timer_check $words"
		-chardev "file,id=console,path=$dir/console" -serial chardev:console
		-drive "if=none,id=root,format=raw,$root"
		-drive "if=none,id=modules,format=raw,readonly=on,file=$KERNEL/modules.erofs"
		-drive "if=none,id=run,format=raw,readonly=on,file=$dir/payload.erofs"
		-device virtio-blk-pci,drive=root -device virtio-blk-pci,drive=modules
		-device virtio-blk-pci,drive=run -device virtio-serial-pci
		${VM_DEVICES[@]+"${VM_DEVICES[@]}"})
	if [ "$batch" = 0 ]; then
		# shellcheck disable=SC2054 # here, too
		args+=(-chardev stdio,mux=on,signal=off,id=tty -device virtconsole,chardev=tty)
		TTY_STATE=$(stty -g)
	fi
	for line in out err status; do
		args+=(-chardev "file,id=$line,path=$dir/$line"
			-device "virtserialport,chardev=$line,name=fang.$line")
	done
	# Should this shell be killed outright, QEMU goes with it.
	setpriv --pdeathsig KILL qemu-system-x86_64 "${args[@]}" <&0 2>"$dir/qemu" &
	qemu=$!
	CHILDREN+=("$qemu")

	deadline=$((SECONDS + boot_limit * VM_SLOWNESS))
	while [ -z "$verdict" ]; do
		if IFS= read -r -t 1 -u "$status" line; then
			line=$part$line part=""
			case $line in
			up) state=load deadline=$((SECONDS + VM_LIMIT)) ;;
			run) state=run ;;
			*) verdict=$line ;;
			esac
		# The second may end in the middle of a line.
		elif part+=$line && [ -n "$line" ]; then
			continue
		elif ! kill -0 "$qemu" 2>/dev/null; then
			# It may have written its last line just before it ended.
			if IFS= read -r -t 0.1 -u "$status" verdict; then verdict=$part$verdict; else verdict=ended; fi
		elif [ "$SECONDS" -ge "$deadline" ] && [ "$state/$batch" != run/0 ]; then
			verdict=limit
		elif ! kill -0 "$out" 2>/dev/null; then
			# Nobody reads any more, as in ./dev vm ... | head.
			verdict=closed
		fi
	done
	case $verdict in limit | closed) ;; *) await_end "$qemu" "$leave_limit" ;; esac
	kill -KILL "$qemu" 2>/dev/null || true
	wait "$qemu" 2>/dev/null || true
	[ -z "$TTY_STATE" ] || stty "$TTY_STATE"
	TTY_STATE=
	exec {status}>&-
	# Lets go of a reader whose pipe QEMU never came to open.
	: <>"$dir/out" <>"$dir/err"
	wait "$out" "$err" 2>/dev/null || true
	CHILDREN=()
	keep_console "$dir/console"
	# Ctrl-A x, or a crash? The console tells.
	if [ "$verdict/$batch" = ended/0 ] && ! grep -qE "$CONSOLE_FINDINGS" "$dir/console"; then
		verdict=stopped
	fi
	judge_run "$verdict" "$state" "$dir" || rc=$?
	rm -rf "$dir"
	return "$rc"
}

# await_end PID SECONDS
await_end() {
	local tenths=$(($2 * 10))
	while kill -0 "$1" 2>/dev/null && [ $((tenths--)) -gt 0 ]; do
		sleep 0.1
	done
}

console_log() { printf %s "build/log/console-$KERNEL_RELEASE${VM_NAME:+-$VM_NAME}.log"; }

# keep_console FILE: for those who want to read it all.
keep_console() {
	[ -w "$ROOT" ] || return 0
	mkdir -p "$BUILD/log"
	cp "$1" "$ROOT/$(console_log)" 2>/dev/null || true
}

# judge_run VERDICT STATE DIR: turns what happened into a message and a code.
judge_run() {
	local verdict=$1 state=$2 dir=$3
	local console=$dir/console
	case $verdict in
	"rc load") return "$EXIT_GUEST" ;;
	closed) return $((128 + $(kill -l PIPE))) ;;
	"rc "*) ;;
	limit)
		if [ "$state" = boot ]; then
			guest_failed "the guest did not come up in time" "$console"
		else
			guest_failed "the command did not end within $VM_LIMIT s (--timeout); the guest was stopped" "$console"
		fi
		return "$EXIT_GUEST"
		;;
	stopped)
		say "the guest was stopped"
		return 0
		;;
	*)
		[ ! -s "$dir/qemu" ] || sed 's/^/dev: qemu: /' "$dir/qemu" >&2
		case $state in
		boot) guest_failed "the guest ended before it was up" "$console" ;;
		load) guest_failed "the guest crashed while the module loaded" "$console" ;;
		*) guest_failed "the guest crashed before the command ended" "$console" ;;
		esac
		return "$EXIT_GUEST"
		;;
	esac
	if grep -qE "$CONSOLE_FINDINGS" "$console"; then
		guest_failed "the guest's console reports a fault" "$console"
		return "$EXIT_GUEST"
	fi
	return "${verdict#rc }"
}

# guest_failed MESSAGE CONSOLE: with the first fault in the console, or its end.
guest_failed() {
	say "$1; from its console (all of it: $(console_log)):"
	if grep -qE "$CONSOLE_FINDINGS" "$2"; then
		grep -E -m 1 -A "$CONSOLE_LINES" "$CONSOLE_FINDINGS" "$2"
	else
		tail -n "$CONSOLE_LINES" "$2"
	fi | tr -d '\r' >&2
}
