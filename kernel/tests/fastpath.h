/* SPDX-License-Identifier: GPL-2.0-only */
/* What the cases about the fastpath share. */
#ifndef FASTPATH_H
#define FASTPATH_H

#include "fang.h"

/* Waits until the file's last change is too old to matter for an entry. */
void let_settle(const char *path);
void create_settled(const char *path);

/* A file "a" that has settled, a group "g" with open_access on the current directory, and: */
struct listener *fastpath_start(void);

/* Lets a task access the file, allows what is asked, with these flags if any. Was it asked? */
bool is_asked_by(struct listener *listener, task_function function, const char *path,
		 unsigned int fastpath_flags);
bool is_asked(struct listener *listener, const char *path);
/* Opens, and responds "allow fastpath". */
void remember(struct listener *listener, const char *path);

/* Writes "KINDS" and a path in the case's directory to add or remove. */
int fastpath_write(const char *group, const char *file, const char *kinds, const char *path);

#endif /* FASTPATH_H */
