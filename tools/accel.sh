# shellcheck shell=bash
# KVM where it works, emulation elsewhere. /dev/kvm says little: in many virtual
# machines it exists and hangs, so a guest is booted to see.

# A guest under KVM reaches its init in well under a second.
readonly PROBE_LIMIT_S=5

# In QEMU 7.2 the emulated cmpxchg16b corrupts flags and crashes busy 6.12
# guests; a CPU without it takes other paths. Models with AVX slow down a JVM.
readonly TCG_CPU=Nehalem,-cx16

ACCEL=
ACCEL_ARGS=()

# choose_acceleration: needs use_kernel before. Sets ACCEL and ACCEL_ARGS. The
# answer is remembered per boot of this machine and QEMU.
choose_acceleration() {
	local key kept
	if [ ! -e /dev/kvm ]; then
		ACCEL=tcg
	elif [ ! -r /dev/kvm ] || [ ! -w /dev/kvm ]; then
		say "no permission on /dev/kvm (group kvm): emulating, which is slower"
		ACCEL=tcg
	else
		key=$(printf '%s %s' "$(</proc/sys/kernel/random/boot_id)" \
			"$(qemu-system-x86_64 --version)" | sha256sum | cut -c1-16)
		kept=$CACHE/accel/$key
		if [ ! -e "$kept" ]; then
			mkdir -p "${kept%/*}"
			if probe_kvm; then echo kvm; else
				say "KVM does not run a guest here: emulating, which is slower"
				echo tcg
			fi >"$kept.$$"
			mv "$kept.$$" "$kept"
		fi
		ACCEL=$(<"$kept")
	fi
	case $ACCEL in
	kvm) ACCEL_ARGS=(-machine q35 -accel kvm -cpu host) ;;
	tcg) ACCEL_ARGS=(-machine q35 -accel "tcg,thread=multi" -cpu "$TCG_CPU") ;;
	esac
}

probe_kvm() {
	local dir
	new_tmp dir
	whole_initramfs "$dir"
	: >"$dir/console"
	timeout -k 1 "$PROBE_LIMIT_S" qemu-system-x86_64 -nodefaults -no-user-config \
		-display none -no-reboot -machine q35 -accel kvm -cpu host -m 256 \
		-kernel "$KERNEL/vmlinux" -initrd "$dir/initramfs" \
		-append "console=ttyS0 quiet panic=-1 fang.probe" \
		-chardev "file,id=console,path=$dir/console" -serial chardev:console \
		</dev/null >/dev/null 2>&1 || true
	grep -q fang-probe-ok "$dir/console"
}
