# bash completion of fangctl; made by: fangctl completion bash

_fangctl_first='apply try diff check export migrate schema create set delete show list enable disable scope rule exemption fastpath listen pending respond denials status stats doctor batch completion'

# What may follow the first word of a command of two.
_fangctl_below() {
	case $1 in
	scope) below='add remove list follow' ;;
	rule) below='add remove list' ;;
	exemption) below='add remove list' ;;
	fastpath) below='add remove flush' ;;
	*) below= ;;
	esac
}

_fangctl_takes() {
	case $1 in
	'apply')
		options='-h --help -f --file --dry-run --stage --allow-gap --owner --adopt --prune --allow-empty --wait -o --output'
		values='-f=file --file=file --owner=none --wait=none -o=words:text,json --output=words:text,json'
		operands='' ;;
	'try')
		options='-h --help -f --file --confirm-within --confirm --roll-back --allow-gap --wait'
		values='-f=file --file=file --confirm-within=none --wait=none'
		operands='' ;;
	'diff')
		options='-h --help -f --file --owner --adopt --prune --allow-empty -o --output'
		values='-f=file --file=file --owner=none -o=words:text,json --output=words:text,json'
		operands='' ;;
	'check')
		options='-h --help -f --file -o --output'
		values='-f=file --file=file -o=words:text,json --output=words:text,json'
		operands='' ;;
	'export')
		options='-h --help'
		values=''
		operands='group*' ;;
	'migrate')
		options='-h --help -f --file'
		values='-f=file --file=file'
		operands='' ;;
	'schema')
		options='-h --help'
		values=''
		operands='words:profile,output,apply,check,diff,show,list,scope-list,rule-list,exemption-list,listen,pending,denials,status,stats,doctor,errors*' ;;
	'create')
		options='-h --help'
		values=''
		operands='group pairs:attribute*' ;;
	'set')
		options='-h --help --wait --allow-gap'
		values='--wait=none'
		operands='group pairs:attribute*' ;;
	'delete')
		options='-h --help'
		values=''
		operands='group*' ;;
	'show')
		options='-h --help -o --output'
		values='-o=words:text,json --output=words:text,json'
		operands='group words:priority,mask,timeout,max_extensions,max_timeouts,max_deliveries,on_timeout,on_no_listener,on_overflow,on_cannot_wait,queue_max,queue_bytes,access_max,write_events,report,fd_mode,permissive' ;;
	'list')
		options='-h --help -o --output'
		values='-o=words:text,json --output=words:text,json'
		operands='' ;;
	'enable')
		options='-h --help --managed'
		values=''
		operands='group*' ;;
	'disable')
		options='-h --help --managed --for'
		values='--for=none'
		operands='group*' ;;
	'scope add')
		options='-h --help'
		values=''
		operands='group pairs:scope*' ;;
	'scope remove')
		options='-h --help'
		values=''
		operands='group pairs:scope*' ;;
	'scope list')
		options='-h --help -o --output'
		values='-o=words:text,json --output=words:text,json'
		operands='group' ;;
	'scope follow')
		options='-h --help --once'
		values=''
		operands='' ;;
	'rule add')
		options='-h --help --name'
		values='--name=none'
		operands='group pairs:rule*' ;;
	'rule remove')
		options='-h --help --inactive'
		values=''
		operands='group pairs:rule*' ;;
	'rule list')
		options='-h --help -o --output'
		values='-o=words:text,json --output=words:text,json'
		operands='group' ;;
	'exemption add')
		options='-h --help --name'
		values='--name=none'
		operands='group pairs:exemption*' ;;
	'exemption remove')
		options='-h --help'
		values=''
		operands='group pairs:exemption*' ;;
	'exemption list')
		options='-h --help -o --output'
		values='-o=words:text,json --output=words:text,json'
		operands='group' ;;
	'fastpath add')
		options='-h --help -0 --null --kinds --survive'
		values='--kinds=list:open,read,write,close_write,close_nowrite,open_access,read_access'
		operands='group file*' ;;
	'fastpath remove')
		options='-h --help -0 --null'
		values=''
		operands='group file*' ;;
	'fastpath flush')
		options='-h --help'
		values=''
		operands='group*' ;;
	'listen')
		options='-h --help -o --output -0 --null -n --count --kind --path --respond --fastpath --jobs --no-exempt --no-clear'
		values='-o=words:text,jsonl --output=words:text,jsonl -n=none --count=none --kind=list:open,read,write,close_write,close_nowrite,open_access,read_access --path=none --respond=words:allow,deny,exit --jobs=none'
		operands='group' ;;
	'pending')
		options='-h --help -o --output'
		values='-o=words:text,json --output=words:text,json'
		operands='group' ;;
	'respond')
		options='-h --help'
		values=''
		operands='group none words:allow,deny,more_time,clear words:fastpath' ;;
	'denials')
		options='-h --help -o --output'
		values='-o=words:text,json --output=words:text,json'
		operands='group' ;;
	'status')
		options='-h --help -o --output'
		values='-o=words:text,json --output=words:text,json'
		operands='' ;;
	'stats')
		options='-h --help -o --output'
		values='-o=words:text,json --output=words:text,json'
		operands='group' ;;
	'doctor')
		options='-h --help -o --output'
		values='-o=words:text,json --output=words:text,json'
		operands='' ;;
	'batch')
		options='-h --help --keep-going'
		values=''
		operands='file' ;;
	'completion')
		options='-h --help'
		values=''
		operands='words:bash,zsh' ;;
	esac
}

# keys: of a set; whole: words that stand without a value; kind: of the value of one key.
_fangctl_pairs() {
	keys= whole= kind=none
	case $1 in
	attribute)
		keys='priority mask timeout max_extensions max_timeouts max_deliveries on_timeout on_no_listener on_overflow on_cannot_wait queue_max queue_bytes access_max write_events report fd_mode permissive enabled'
		whole=''
		case $2 in
		mask) kind=list:open,read,write,close_write,close_nowrite,open_access,read_access ;;
		on_timeout) kind=words:allow,deny ;;
		on_no_listener) kind=words:allow,deny,wait ;;
		on_overflow) kind=words:allow,deny ;;
		on_cannot_wait) kind=words:allow,deny ;;
		write_events) kind=words:all,coalesced,state_change ;;
		report) kind=list:fd,path,comm,exe,cgroup ;;
		fd_mode) kind=words:ro,rw ;;
		permissive) kind=words:true,false ;;
		enabled) kind=words:true,false ;;
		esac ;;
	scope)
		keys='subtree filesystem file'
		whole='all'
		case $2 in
		subtree) kind=dir ;;
		filesystem) kind=dir ;;
		file) kind=file ;;
		esac ;;
	exemption)
		keys='subtree exe uid cgroup tgid'
		whole=''
		case $2 in
		subtree) kind=dir ;;
		exe) kind=file ;;
		uid) kind=user ;;
		cgroup) kind=cgroup ;;
		esac ;;
	rule)
		keys='subtree exe uid cgroup kinds order respond'
		whole=''
		case $2 in
		subtree) kind=dir ;;
		exe) kind=file ;;
		uid) kind=user ;;
		cgroup) kind=cgroup ;;
		kinds) kind=list:open_access,read_access ;;
		respond) kind=words:allow,deny,ask ;;
		esac ;;
	esac
}
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

_fangctl() {
	local line=${COMP_LINE:0:COMP_POINT} current cut= candidate before file
	local -a words
	read -ra words <<<"$line"
	current=${words[-1]}
	case $line in *[[:blank:]]) words+=('') current= ;; esac
	# readline completes what is behind the last of its characters that break words.
	case $COMP_WORDBREAKS in *=*) case $current in *=*) cut=${current%=*}= ;; esac ;; esac
	COMPREPLY=()
	while IFS= read -r candidate; do
		case $candidate in
		'@'*)
			before=${candidate#* }
			compopt -o filenames 2>/dev/null
			while IFS= read -r file; do
				COMPREPLY+=("$before$file")
			done < <(compgen "$([[ $candidate == @dir* ]] && echo -d || echo -f)" -- "${current#"$before"}") ;;
		"$current"*)
			case $candidate in *=) compopt -o nospace 2>/dev/null ;; esac
			COMPREPLY+=("$candidate") ;;
		esac
	done < <(_fangctl_candidates "${words[@]:1}")
	COMPREPLY=("${COMPREPLY[@]#"$cut"}")
}

complete -F _fangctl fangctl
