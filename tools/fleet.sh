# shellcheck shell=bash
# ./dev test --only fleet: Debian's ansible-core drives guests over ssh, each with the
# module. See tools/fleet-cases; a guest's side is tools/guest-fleet.

# The stage takes some six minutes under emulation on an idle machine with two cores;
# on a busy one, a few times that.
readonly FLEET_LIMIT_S=1800
# sshd, rsyslog, Python, and one Java at a time.
readonly FLEET_MEM_MIB=640
# Until a guest is up: its files are packed first, and once an archive of classes is made for it.
readonly FLEET_UP_LIMIT_S=$((2 * BOOT_LIMIT_S))
# To log in and say that it is over, where a machine is busy.
readonly FLEET_END_LIMIT_S=60
readonly FLEET_HOSTS=(web1 web2)
# Where a guest's collector listens; see tools/fleet-cases.
readonly FLEET_COLLECTOR_PORT=5140

stage_fleet() {
	local dir host guest rc
	if ! build_all; then
		record fail fleet "what the guests run builds" ""
		return
	fi
	VM_LIMIT=$((FLEET_LIMIT_S * VM_SLOWNESS))
	if [ "$VM_MEM" = "$DEFAULT_MEM_MIB" ]; then VM_MEM=$FLEET_MEM_MIB; fi
	new_tmp dir
	ssh-keygen -q -t ed25519 -N '' -C fleet -f "$dir/key"
	for host in "${FLEET_HOSTS[@]}"; do start_fleet_guest "$dir" "$host"; done
	if write_ssh_config "$dir" >"$dir/ssh_config" && await_fleet "$dir"; then
		rm -f "$BUILD/log/fleet.log"
		KEPT_LOG=$BUILD/log/fleet.log run_cases fleet "$TOOLS/fleet-cases" "$ROOT/packaging" "$dir" "${FLEET_HOSTS[@]}"
	else
		record fail fleet "the guests are up" "their output is above"
	fi
	for host in "${FLEET_HOSTS[@]}"; do
		guest=$(<"$dir/$host/pid")
		# A guest that cannot be told so is ended.
		timeout "$FLEET_END_LIMIT_S" ssh -F "$dir/ssh_config" "$host" 'echo | sudo tee /run/fleet/end' >/dev/null 2>&1 ||
			kill "$guest" 2>/dev/null || true
		wait "$guest" && rc=0 || rc=$?
		[ "$rc" = 0 ] || sed "s/^/dev: $host: /" "$dir/$host/log" >&2
		VM_NAME=$host
		record_step fleet "the guest $host ends in order with a clean console ($KERNEL_RELEASE)" [ "$rc" = 0 ]
	done
	VM_NAME=
	CHILDREN=()
}

# start_fleet_guest DIR NAME: in the background. It forwards ports that the kernel chooses,
# so that no two runs want the same one; its monitor tells which.
start_fleet_guest() {
	local dir=$1/$2 name=$2
	mkdir -p "$dir/files/fleet"
	mkfifo "$dir/monitor.in" "$dir/monitor.out"
	ssh-keygen -q -t ed25519 -N '' -C "$name" -f "$dir/files/fleet/host_key"
	printf '%s %s\n' "$name" "$(<"$dir/files/fleet/host_key.pub")" >>"$1/known_hosts"
	cp "$1/key.pub" "$dir/files/fleet/authorized_keys"
	printf '%s' "$name" >"$dir/files/fleet/name"
	install -m 755 "$TOOLS/guest-fleet" "$dir/files/"
	(
		# The whole run's are not this process's to remove and to end.
		# shellcheck disable=SC2030,SC2031 # so it is meant
		TMP_DIRS=() CHILDREN=()
		arm_clean_up
		VM_NAME=$name VM_MORE_FILES=$dir/files
		# shellcheck disable=SC2054 # the commas are QEMU's
		VM_DEVICES=(-netdev "user,id=net,ipv6=off,hostfwd=tcp:127.0.0.1:0-:22,hostfwd=tcp:127.0.0.1:0-:$FLEET_COLLECTOR_PORT"
			-device virtio-net-pci,netdev=net,romfile=
			-chardev "pipe,id=monitor,path=$dir/monitor" -mon chardev=monitor)
		run_guest /fang/guest-fleet
	) >"$dir/log" 2>&1 &
	printf '%s' $! >"$dir/pid"
	# shellcheck disable=SC2031 # here, too
	CHILDREN+=($!)
}

# forwarded DIR GUEST-PORT: the port of this machine; asked of QEMU's monitor.
forwarded() {
	local dir=$1 port=$2 in out line deadline=$((SECONDS + FLEET_UP_LIMIT_S))
	local forward='HOST_FORWARD\] +[0-9]+ +127\.0\.0\.1 +([0-9]+) +[0-9.]+ +([0-9]+)'
	exec {in}<>"$dir/monitor.in" {out}<>"$dir/monitor.out"
	printf 'info usernet\n' >&"$in"
	while [ "$SECONDS" -lt "$deadline" ] && kill -0 "$(<"$dir/pid")" 2>/dev/null; do
		IFS= read -r -t 1 -u "$out" line || continue
		if [[ $line =~ $forward ]] && [ "${BASH_REMATCH[2]}" = "$port" ]; then
			printf '%s' "${BASH_REMATCH[1]}"
			break
		fi
	done
	exec {in}>&- {out}>&-
	[ -n "${BASH_REMATCH[1]:-}" ]
}

# write_ssh_config DIR: keys and connections of this run only.
write_ssh_config() {
	local dir=$1 host port
	for host in "${FLEET_HOSTS[@]}"; do
		port=$(forwarded "$dir/$host" 22) || return
		forwarded "$dir/$host" "$FLEET_COLLECTOR_PORT" >"$dir/$host/collector" || return
		printf 'Host %s\n\tHostName 127.0.0.1\n\tPort %s\n\tHostKeyAlias %s\n' "$host" "$port" "$host"
	done
	cat <<-CONF
		Host *
			User user
			IdentityFile $dir/key
			IdentitiesOnly yes
			IdentityAgent none
			UserKnownHostsFile $dir/known_hosts
			GlobalKnownHostsFile /dev/null
			StrictHostKeyChecking yes
			BatchMode yes
			ConnectTimeout 60
			ServerAliveInterval 15
			ServerAliveCountMax 8
			LogLevel ERROR
	CONF
}

# await_fleet DIR: until every guest's sshd listens.
await_fleet() {
	local host deadline=$((SECONDS + FLEET_UP_LIMIT_S))
	for host in "${FLEET_HOSTS[@]}"; do
		until grep -qx ready "$1/$host/log"; do
			if [ "$SECONDS" -ge "$deadline" ] || ! kill -0 "$(<"$1/$host/pid")" 2>/dev/null; then
				sed "s/^/dev: $host: /" "$1/$host/log" >&2
				return 1
			fi
			sleep 0.2
		done
	done
}
