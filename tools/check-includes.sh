#!/bin/bash
# check-includes.sh KERNEL-DIR: says which files include what they must not, by
# the levels in tools/include-levels. test programs (tests/) are not its matter.
set -euo pipefail
levels=$(dirname "$(readlink -f "$0")")/include-levels
cd "$1"

find . -path ./tests -prune -o -name '*.mod.c' -prune -o -name '*.[ch]' -print |
	sed 's#^\./##' | sort |
	xargs grep -HE '^[ \t]*#[ \t]*include' /dev/null |
	awk -v levels="$levels" '
		function base(path) { sub(/\.[ch]$/, "", path); return path }

		# "config" for all of config.c, config_internal.h, config_scope.c.
		function part(path) { sub(/[_.].*/, "", path); return path }

		# The level of a file, by its name or its directory.
		function level_of(path,   dir) {
			dir = path
			sub(/\/[^\/]*$/, "/", dir)
			if (base(path) in level)
				return level[base(path)]
			return dir in level ? level[dir] : ""
		}

		function complain(text) { print text; bad = 1 }

		BEGIN {
			while ((getline line < levels) > 0)
				if (line ~ /^[0-9]/) {
					split(line, word, " ")
					level[word[2]] = word[1]
				}
		}

		{
			colon = index($0, ":")
			file = substr($0, 1, colon - 1)
			line = substr($0, colon + 1)
			if (match(line, /"[^"]+"/))
				target = substr(line, RSTART + 1, RLENGTH - 2)
			else if (line ~ /<linux\/fang\.h>/)
				target = "include/uapi/linux/fang.h"
			else
				next
			sub(/^(\.\.\/)+/, "", target)
			# Beside the file that names it, or from the top.
			dir = file
			sub(/[^\/]*$/, "", dir)
			if (level_of(dir target) != "")
				target = dir target
			own = level_of(file)
			theirs = level_of(target)
			if (own == "")
				complain(file ": has no level in tools/include-levels")
			else if (theirs == "")
				complain(file ": includes " target ", which has no level in tools/include-levels")
			else if (theirs > own ||
				 (theirs == own && own >= 4 && part(file) != part(target)))
				complain(file " (level " own ") includes " target " (level " theirs ")")
		}
		END { exit bad }
	'
