// SPDX-License-Identifier: GPL-2.0-only
/* The ABI listing against the golden file that was linked in. */
#include "abi_listing.h"
#include "harness.h"

#include <stdlib.h>
#include <string.h>

extern const char _binary_abi_golden_start[], _binary_abi_golden_end[];

CASE(abi_equals_the_golden_listing)
{
	size_t golden_size = _binary_abi_golden_end - _binary_abi_golden_start;
	char *listing;
	size_t size;
	FILE *out = open_memstream(&listing, &size);

	abi_print(out);
	CHECK(!fclose(out));
	CHECK_EQ(size, golden_size);
	CHECK(!memcmp(listing, _binary_abi_golden_start, size));
	free(listing);
}
