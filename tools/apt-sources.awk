# Reads the host's apt sources, both kinds of file, and prints the entries that
# are Debian's own for one release, as deb822, binary packages of main only.
# Variable: codename. Third parties often use Debian's suite names, so an entry
# must also look like Debian's by its address or its key. A second variable, if
# it names another suite, is put in the place of the release: of the release
# itself only, as no other suite needs its updates.

function ours(uri, key) {
	return uri ~ /^(https?|ftp):\/\/([^\/]*\.)?debian\.org(\/|$)/ ||
	       uri ~ /\/debian(-security)?(\.list)?\/?$/ ||
	       key ~ /debian-archive/
}

function suites_of(list,   n, part, i, out) {
	n = split(list, part, /[ \t]+/)
	for (i = 1; i <= n; i++)
		if (suite != "" && suite != codename)
			out = part[i] == codename ? " " suite : out
		else if (part[i] ~ "^" codename "(-updates|-security)?(/updates)?$")
			out = out " " part[i]
	return out
}

function emit(uris, suites, components, key,   n, part, i, good) {
	suites = suites_of(suites)
	if (suites == "" || (" " components " ") !~ /[ \t]main[ \t]/)
		return
	n = split(uris, part, /[ \t]+/)
	for (i = 1; i <= n; i++)
		if (part[i] != "" && ours(part[i], key))
			good = good " " part[i]
	if (good == "")
		return
	print "Types: deb\nURIs:" good "\nSuites:" suites "\nComponents: main"
	if (key != "")
		print "Signed-By:" key
	print ""
}

function end_stanza() {
	if (tolower(field["enabled"]) !~ /no|false/ &&
	    (" " field["types"] " ") ~ / deb /)
		emit(field["uris"], field["suites"], field["components"],
		     field["signed-by"])
	delete field
	last = ""
}

FNR == 1 && NR > 1 { end_stanza() }

/^[ \t]*#/ { next }

# One line, one entry: deb [options] URI suite components...
FILENAME ~ /\.list$/ {
	key = ""
	if ($1 != "deb")
		next
	if (match($0, /\[[^]]*\]/)) {
		options = substr($0, RSTART + 1, RLENGTH - 2)
		$0 = substr($0, 1, RSTART - 1) " " substr($0, RSTART + RLENGTH)
		n = split(options, option, /[ \t]+/)
		for (i = 1; i <= n; i++)
			if (option[i] ~ /^signed-by=/)
				key = " " substr(option[i], 11)
	}
	components = ""
	for (i = 4; i <= NF; i++)
		components = components " " $i
	emit($2, $3, components, key)
	next
}

# deb822: an empty line ends an entry, an indented one continues a field.
/^[ \t]*$/ { end_stanza(); next }
/^[ \t]/ {
	if (last == "signed-by")
		field[last] = field[last] "\n" $0
	else
		field[last] = field[last] " " $0
	next
}
{
	colon = index($0, ":")
	last = tolower(substr($0, 1, colon - 1))
	value = substr($0, colon + 1)
	field[last] = value
}

END { end_stanza() }
