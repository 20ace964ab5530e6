// SPDX-License-Identifier: GPL-2.0-only
/* Prints the listing that abi.golden holds. */
#include "abi_listing.h"

int main(void)
{
	abi_print(stdout);
	return ferror(stdout) || fflush(stdout);
}
