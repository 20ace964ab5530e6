/* SPDX-License-Identifier: GPL-2.0-only */
/* What a listening worker holds: devices of groups, and ids of what it heard. */
#ifndef FUZZ_DEVICES_H
#define FUZZ_DEVICES_H

#include "fuzz.h"

#include <linux/fang.h>

#define DEVICES 6

/* Descriptors of devices; -1 where there is none. */
extern int devices[DEVICES];

/* One of them, or, sometimes, a number that is no descriptor. */
int device_pick(void);

/* Of a record that came lately, perhaps of another group. */
u64 id_pick(void);

/* Reads what is there and gives it away: to responses, or to nobody. */
void records_serve(void);
/* Looks at records that came, and responds to most; a negative length means that none did. */
void records_take(int fd, const char *records, long length);
/* Reads in odd ways. */
void records_read_oddly(void);
/* Uses, or closes, descriptors that came with records. */
void reported_use(void);

/* Fills in a response that may be valid. */
void response_make(struct fang_response *response, u64 id);
void responses_write(void);
void respond_by_attribute(void);

void device_ioctl(void);
/* Opens and closes the file of an access request. */
void request_open(int fd, u64 id);

/* FANG_RECORD_MAX bytes of which the second half cannot be accessed. */
char *half_bad_buffer(void);
void *bad_address(void);

#endif /* FUZZ_DEVICES_H */
