#compdef fangctl
# zsh completion of fangctl; made by: fangctl completion zsh

@CORE@

_fangctl() {
	local candidate
	local -a whole keys
	for candidate in ${(f)"$(_fangctl_candidates "${(@Q)words[2,CURRENT-1]}" "${(Q)PREFIX}")"}; do
		case $candidate in
		@*)
			[[ -z ${candidate#* } ]] || compset -P '*='
			if [[ $candidate == @dir* ]]; then _files -/; else _files; fi ;;
		*=) keys+=($candidate) ;;
		*) whole+=($candidate) ;;
		esac
	done
	[[ -z $keys ]] || compadd -S '' -a keys
	[[ -z $whole ]] || compadd -a whole
}

# Sourced, it registers itself; from a directory of fpath it is the function's body.
if [[ ${funcstack[1]-} == _fangctl ]]; then
	_fangctl "$@"
else
	compdef _fangctl fangctl
fi
