// SPDX-License-Identifier: GPL-2.0-only
/* Responses: of all sorts, in batches, through the device and through configfs. */
#include "attempt.h"
#include "devices.h"
#include "random.h"
#include "text.h"

#include <stdio.h>
#include <unistd.h>

#define BATCH_MAX 64

/* Any field may be wrong. */
static void spoil(struct fang_response *response)
{
	switch (below(7)) {
	case 0:
		response->id = once_in(2) ? random_bits() : response->id + 1;
		break;
	case 1:
		response->response = random_bits() >> below(64);
		break;
	case 2:
		response->flags = random_bits() >> below(64);
		break;
	case 3:
		response->kinds = random_bits() >> below(64);
		break;
	case 4:
		response->result = below(2);
		break;
	case 5:
		response->zero = below(2);
		break;
	default:
		random_fill(response, sizeof(*response));
	}
}

void response_make(struct fang_response *response, u64 id)
{
	static const struct fang_response responses[] = {
		{ .response = FANG_ALLOW },
		{ .response = FANG_DENY },
		{ .response = FANG_MORE_TIME },
		{ .response = FANG_ALLOW, .flags = FANG_FASTPATH },
		{ .response = FANG_ALLOW, .flags = FANG_FASTPATH, .kinds = 127 },
		{ .response = FANG_ALLOW, .flags = FANG_FASTPATH | FANG_SURVIVE },
		{ .flags = FANG_CLEAR },
	};

	*response = PICK(responses);
	response->id = id;
	if (once_in(4))
		spoil(response);
}

void responses_write(void)
{
	struct fang_response batch[BATCH_MAX];
	unsigned int count = once_in(2) ? 1 : below(BATCH_MAX + 1);
	size_t size = count * sizeof(batch[0]);
	const void *from = batch;
	int fd = device_pick();

	for (unsigned int i = 0; i < count; i++)
		response_make(&batch[i], id_pick());
	if (once_in(8))
		size = below(size + 1);
	if (once_in(16))
		from = once_in(2) ? bad_address() :
				    half_bad_buffer() + FANG_RECORD_MAX / 2 - below(100);
	aim("device %d, %zu bytes", fd, size);
	TRY("device write", write(fd, from, size));
}

void respond_by_attribute(void)
{
	static const char *const words[] = { "allow",	  "allow",	    "deny",
					     "more_time", "allow fastpath", "clear" };
	char path[256], value[TEXT_MAX + 512];
	size_t length = sprintf(value, "%llu %s", id_pick(), PICK(words));

	if (once_in(8))
		length = text_spoil(value, length);
	group_path(path, group_pick(), "respond");
	try_write(path, value, length);
}
