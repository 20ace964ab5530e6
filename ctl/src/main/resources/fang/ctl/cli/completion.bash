# bash completion of fangctl; made by: fangctl completion bash

@CORE@

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
