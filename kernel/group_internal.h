/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the parts of a group share: group.c, notify.c, ask.c, denial.c.
 */
#ifndef FANG_GROUP_INTERNAL_H
#define FANG_GROUP_INTERNAL_H

#include "group.h"

/* From the one counter for records of all groups; 0 is never used. */
u64 fang_next_id(void);

/* An event with its path, if the group reports paths. NULL: no memory. */
struct fang_event *fang_group_event(struct fang_group *group, struct fang_scope *scope,
				    const struct fang_occurrence *occurrence);

/* hold_work: lets go of paths that were held too long. */
void fang_group_release_paths(struct work_struct *work);

/* The outstanding record @id was dealt with. -ENOENT: none, or nobody has read it. */
int fang_group_clear(struct fang_group *group, u64 id);

/* What is kept for fangctl denials; see denial.c. */
void fang_denials_free(struct fang_group *group);

#endif /* FANG_GROUP_INTERNAL_H */
