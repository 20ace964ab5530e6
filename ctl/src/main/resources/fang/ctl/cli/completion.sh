@TABLES@
# _fangctl_offer KIND CURRENT BEFORE: prints what may stand here, a line each, with
# BEFORE in front; "@file BEFORE" and "@dir BEFORE" leave names of files to the shell.
_fangctl_offer() {
	local kind keys whole item rest
	case $1 in
	group)
		for item in "${FANG_CONFIGFS:-/sys/kernel/config/fang}"/groups/*/; do
			item=${item%/}
			[ "${item##*/}" = '*' ] || echo "$3${item##*/}"
		done ;;
	words:*)
		for item in $(echo "${1#*:}" | tr , ' '); do echo "$3$item"; done ;;
	list:*)
		rest=
		case $2 in *,*) rest=${2%,*}, ;; esac
		for item in $(echo "${1#*:}" | tr , ' '); do
			case ,$rest in *",$item,"*) ;; *) echo "$3$rest$item" ;; esac
		done ;;
	file | dir) echo "@$1 $3" ;;
	user)
		for item in $(cut -d: -f1 /etc/passwd); do echo "$3$item"; done ;;
	cgroup)
		for item in /sys/fs/cgroup"${2%/*}"/*/; do
			item=${item%/}
			[ "${item##*/}" = '*' ] || echo "$3${item#/sys/fs/cgroup}"
		done ;;
	pairs:*)
		case $2 in
		*=*)
			_fangctl_pairs "${1#*:}" "${2%%=*}"
			_fangctl_offer "$kind" "${2#*=}" "$3${2%%=*}=" ;;
		*)
			_fangctl_pairs "${1#*:}" ''
			for item in $keys; do echo "$item="; done
			for item in $whole; do echo "$item"; done ;;
		esac ;;
	esac
}

# _fangctl_value OPTION: the kind of its value; empty of a flag.
_fangctl_value() {
	local pair
	for pair in $values; do
		[ "${pair%%=*}" != "$1" ] || echo "${pair#*=}"
	done
}

# _fangctl_candidates WORD... CURRENT: the words behind fangctl.
_fangctl_candidates() {
	[ -z "${ZSH_VERSION-}" ] || emulate -L sh
	local command= parent= options= values= operands= below= expects= kind= place=0
	while [ $# -gt 1 ]; do
		if [ -n "$expects" ]; then
			expects=
		elif [ -z "$command" ]; then
			_fangctl_below "$1"
			case $1 in
			-* | help) ;;
			*)
				if [ -n "$parent" ]; then
					command="$parent $1"
				elif [ -n "$below" ]; then
					parent=$1
				else
					command=$1
				fi
				[ -z "$command" ] || _fangctl_takes "$command" ;;
			esac
		else
			case $1 in
			--*=*) ;;
			-?*) expects=$(_fangctl_value "$1") ;;
			*) place=$((place + 1)) ;;
			esac
		fi
		shift
	done
	if [ -n "$expects" ]; then
		_fangctl_offer "$expects" "$1" ''
		return
	fi
	if [ -z "$command" ]; then
		_fangctl_below "$parent"
		for kind in ${below:-$_fangctl_first}; do echo "$kind"; done
		case $1 in -*) printf '%s\n' --help --version ;; esac
		return
	fi
	case $1 in
	--*=*) _fangctl_offer "$(_fangctl_value "${1%%=*}")" "${1#*=}" "${1%%=*}=" ;;
	-?*) for kind in $options; do echo "$kind"; done ;;
	*)
		for kind in $operands; do
			[ "$place" -gt 0 ] && [ "${kind%\*}" = "$kind" ] || break
			place=$((place - 1))
			kind=
		done
		_fangctl_offer "${kind%\*}" "$1" '' ;;
	esac
}
