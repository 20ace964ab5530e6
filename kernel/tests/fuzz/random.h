/* SPDX-License-Identifier: GPL-2.0-only */
/* A stream of random numbers, made from a seed. Each process has its own. */
#ifndef FUZZ_RANDOM_H
#define FUZZ_RANDOM_H

#include <stdbool.h>
#include <stddef.h>

/* The stream depends on all three, so a worker's does not on what others do. */
void random_start(unsigned long long seed, unsigned int worker, unsigned int incarnation);
unsigned long long random_bits(void);
/* 0 to @bound - 1 */
unsigned int below(unsigned int bound);
/* True once in so many times. */
bool once_in(unsigned int times);
void random_fill(void *buffer, size_t size);

#define PICK(array) ((array)[below(sizeof(array) / sizeof((array)[0]))])

/*
 * Runs one of the functions of a table, each as often as its weight says. The entries of a table
 * are short: { weight, function }.
 */
struct chance {
	unsigned int weight;
	void (*act)(void);
};

void act_by_chance(const struct chance *chances, size_t count);

#define ACT(table) act_by_chance(table, sizeof(table) / sizeof((table)[0]))

#endif /* FUZZ_RANDOM_H */
