/* SPDX-License-Identifier: GPL-2.0-only */
/* Texts that are written to attributes and used as names: spoilt, too long, not texts at all. */
#ifndef FUZZ_TEXT_H
#define FUZZ_TEXT_H

#include <stddef.h>

/* Room for anything that is made here; a page is the longest that configfs takes. */
#define TEXT_MAX 8192

/* All of these return the length. Texts may hold NULs and have none at their end. */
size_t text_hostile(char *text);
/* Changes a text of this length a little: bytes flipped, left out, doubled, added. */
size_t text_spoil(char *text, size_t length);
/* A number at, just inside or just outside of the bounds, or at those of the machine's words. */
size_t text_number_around(char *text, unsigned long long min, unsigned long long max);

/* A name for a group, scope, rule, exemption or file that may be valid; terminated. */
void name_hostile(char *name, size_t size);

#endif /* FUZZ_TEXT_H */
