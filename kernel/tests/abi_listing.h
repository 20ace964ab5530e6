/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The layout of <linux/fang.h> as the C compiler sees it, one `NAME VALUE` a line.
 */
#ifndef ABI_LISTING_H
#define ABI_LISTING_H

#include <stdio.h>

void abi_print(FILE *out);

#endif /* ABI_LISTING_H */
