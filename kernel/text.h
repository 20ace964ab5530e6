/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Text as users write it into attributes: numbers, names, escaped paths.
 */
#ifndef FANG_TEXT_H
#define FANG_TEXT_H

#include <linux/types.h>

/*
 * A decimal number without sign, blanks or leading zeros. -EINVAL if it is
 * none, -ERANGE if it is outside @min..@max.
 */
int fang_text_number(const char *text, u64 min, u64 max, u64 *number);

/* "0" or "1", else -EINVAL. */
int fang_text_bool(const char *text, bool *value);

/* [A-Za-z0-9][A-Za-z0-9_.-]{0,63} */
bool fang_text_is_name(const char *text);

/*
 * Replace \ooo by the byte it stands for, in place; returns the new length.
 * -EINVAL for a backslash without three octal digits, \000, or a value over 377.
 */
int fang_text_unescape(char *text);

/*
 * Write @length bytes with blanks, control characters and backslashes as \ooo.
 * Returns the length written, without the NUL; what does not fit is cut off at
 * a whole escape.
 */
int fang_text_escape(char *to, size_t size, const char *from, size_t length);

/* How many of the last bytes fang_text_escape() can write into @size bytes. */
size_t fang_text_fitting_end(const char *from, size_t length, size_t size);

#endif /* FANG_TEXT_H */
