// SPDX-License-Identifier: GPL-2.0-only
/* See text.h. */
#include "text.h"
#include "random.h"

#include <stdio.h>
#include <string.h>

/* At what lengths something changes: names, labels, paths, pages. */
static const unsigned int lengths[] = {
	0,   1,	  2,	7,    8,    63,	  64,	65,   127,  254,
	255, 256, 2048, 4093, 4094, 4095, 4096, 4097, 8000, TEXT_MAX,
};

static const char *const oddities[] = {
	"",
	"\n",
	" ",
	"\n\n",
	"\t",
	",",
	",,",
	"0\n1",
	"1 ",
	" 1",
	"+1",
	"-1",
	"-0",
	"01",
	"0x1",
	"1e3",
	"1.0",
	"18446744073709551615",
	"18446744073709551616",
	"99999999999999999999999",
	"\\",
	"\\0",
	"\\000",
	"\\057",
	"\\777",
	"\\12",
	"..",
	".",
	"/",
	"//",
	"/..",
	"/.",
	"%s%s%s%n",
	"\x7f",
	"\xff\xfe",
	"\xc3\xa4",
	"yes",
	"true",
	"Y",
	"allow\n",
	"ALLOW",
	"allow deny",
	"open,open,open",
	"open\0access",
};

static size_t long_text(char *text)
{
	static const char bytes[] = "a/,. 0\\\n";
	size_t length = PICK(lengths);

	memset(text, bytes[below(sizeof(bytes))], length);
	if (length && once_in(2))
		text[0] = '/';
	return length;
}

size_t text_hostile(char *text)
{
	size_t length;

	switch (below(4)) {
	case 0:
		length = PICK(lengths);
		random_fill(text, length);
		return length;
	case 1:
		return long_text(text);
	default:
		strcpy(text, PICK(oddities));
		/* With its end, sometimes. */
		return strlen(text) + once_in(4);
	}
}

static size_t spoil_once(char *text, size_t length)
{
	size_t at = length ? below(length) : 0, rest = length - at, part;

	switch (below(6)) {
	case 0:
		if (length)
			text[at] ^= 1 << below(8);
		return length;
	case 1:
		if (length)
			text[at] = random_bits();
		return length;
	case 2: /* cut */
		return at;
	case 3: /* a byte less */
		if (!length)
			return 0;
		memmove(text + at, text + at + 1, rest - 1);
		return length - 1;
	case 4: /* a part doubled */
		part = rest ? below(rest) : 0;
		if (length + part > TEXT_MAX)
			return length;
		memmove(text + at + part, text + at, rest);
		return length + part;
	default: /* a byte more */
		if (length == TEXT_MAX)
			return length;
		memmove(text + at + 1, text + at, rest);
		text[at] = "\n ,/\\0\377"[below(8)];
		return length + 1;
	}
}

size_t text_spoil(char *text, size_t length)
{
	do
		length = spoil_once(text, length);
	while (once_in(2));
	return length;
}

size_t text_number_around(char *text, unsigned long long min, unsigned long long max)
{
	unsigned long long numbers[] = {
		min,
		max,
		min - 1,
		max + 1,
		0,
		1,
		0x7fffffff,
		0x80000000,
		0xffffffff,
		0x100000000,
		~0ULL,
		~0ULL / 2,
		~0ULL / 2 + 1,
		random_bits() >> below(64),
	};

	return sprintf(text, once_in(16) ? "%lld" : "%llu", PICK(numbers));
}

void name_hostile(char *name, size_t size)
{
	static const char *const names[] = {
		"a",   "0",	  "A-b_c.d", ".",      "..",	  ".hidden", "-",
		"_x",  "a b",	  "a\nb",    "a\tb",   "\\",	  "\xff",    "\xc3\xa4",
		"a:b", "enabled", "stats",   "scopes", "default", "%s%n",
	};
	size_t length;

	switch (below(4)) {
	case 0:
		length = 60 + below(8);
		break;
	case 1:
		length = 250 + below(8);
		break;
	default:
		snprintf(name, size, "%s", PICK(names));
		return;
	}
	if (length >= size)
		length = size - 1;
	memset(name, once_in(4) ? '.' : 'n', length);
	name[length] = 0;
}
