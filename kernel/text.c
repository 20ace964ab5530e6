// SPDX-License-Identifier: GPL-2.0-only
/*
 * Text as users write it into attributes.
 */
#include <linux/ctype.h>
#include <linux/errno.h>
#include <linux/kernel.h>
#include <linux/string.h>

#include "limits.h"
#include "text.h"

/* kstrtoull() would take signs, prefixes and a trailing newline. */
int fang_text_number(const char *text, u64 min, u64 max, u64 *number)
{
	size_t digits = strspn(text, "0123456789");
	int error;

	if (!digits || text[digits] || (text[0] == '0' && digits > 1))
		return -EINVAL;
	error = kstrtou64(text, 10, number);
	if (error)
		return error;
	return *number < min || *number > max ? -ERANGE : 0;
}

int fang_text_bool(const char *text, bool *value)
{
	if ((text[0] != '0' && text[0] != '1') || text[1])
		return -EINVAL;
	*value = text[0] == '1';
	return 0;
}

static bool fang_is_alnum(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

bool fang_text_is_name(const char *text)
{
	size_t length = strlen(text);
	size_t i;

	if (!length || length > FANG_NAME_MAX || !fang_is_alnum(text[0]))
		return false;
	for (i = 1; i < length; i++)
		if (!fang_is_alnum(text[i]) && !strchr("_.-", text[i]))
			return false;
	return true;
}

static bool fang_is_octal(char c)
{
	return c >= '0' && c <= '7';
}

int fang_text_unescape(char *text)
{
	char *from = text;
	char *to = text;

	while (*from) {
		int value;

		if (*from != '\\') {
			*to++ = *from++;
			continue;
		}
		if (!fang_is_octal(from[1]) || !fang_is_octal(from[2]) || !fang_is_octal(from[3]))
			return -EINVAL;
		value = (from[1] - '0') << 6 | (from[2] - '0') << 3 | (from[3] - '0');
		if (!value || value > 0377)
			return -EINVAL;
		*to++ = value;
		from += 4;
	}
	*to = '\0';
	return to - text;
}

static bool fang_needs_escape(unsigned char c)
{
	return c <= ' ' || c == '\\' || c == 0x7f;
}

int fang_text_escape(char *to, size_t size, const char *from, size_t length)
{
	char *start = to;
	char *end = to + size - 1;
	size_t i;

	for (i = 0; i < length; i++) {
		unsigned char c = from[i];

		if (!fang_needs_escape(c)) {
			if (to + 1 > end)
				break;
			*to++ = c;
			continue;
		}
		if (to + 4 > end)
			break;
		*to++ = '\\';
		*to++ = '0' + (c >> 6);
		*to++ = '0' + (c >> 3 & 7);
		*to++ = '0' + (c & 7);
	}
	*to = '\0';
	return to - start;
}

size_t fang_text_fitting_end(const char *from, size_t length, size_t size)
{
	size_t room = size - 1;
	size_t fits = 0;

	while (fits < length) {
		size_t needed = fang_needs_escape(from[length - fits - 1]) ? 4 : 1;

		if (needed > room)
			break;
		room -= needed;
		fits++;
	}
	return fits;
}
