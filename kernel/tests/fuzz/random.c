// SPDX-License-Identifier: GPL-2.0-only
/* splitmix64, by Sebastiano Vigna: small, and any number will do as its state. */
#include "random.h"

#include <string.h>

static unsigned long long state;

unsigned long long random_bits(void)
{
	unsigned long long bits = state += 0x9e3779b97f4a7c15ULL;

	bits = (bits ^ (bits >> 30)) * 0xbf58476d1ce4e5b9ULL;
	bits = (bits ^ (bits >> 27)) * 0x94d049bb133111ebULL;
	return bits ^ (bits >> 31);
}

void random_start(unsigned long long seed, unsigned int worker, unsigned int incarnation)
{
	state = seed;
	state = random_bits() ^ worker;
	state = random_bits() ^ incarnation;
}

unsigned int below(unsigned int bound)
{
	return random_bits() % bound;
}

bool once_in(unsigned int times)
{
	return below(times) == 0;
}

void random_fill(void *buffer, size_t size)
{
	char *at = buffer;

	while (size) {
		unsigned long long bits = random_bits();
		size_t part = size < sizeof(bits) ? size : sizeof(bits);

		memcpy(at, &bits, part);
		at += part;
		size -= part;
	}
}

void act_by_chance(const struct chance *chances, size_t count)
{
	unsigned int sum = 0, drawn;

	for (size_t i = 0; i < count; i++)
		sum += chances[i].weight;
	drawn = below(sum);
	while (drawn >= chances->weight)
		drawn -= chances++->weight;
	chances->act();
}
