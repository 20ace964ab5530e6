/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The trees of files that workers access and scopes name: directories on different file systems,
 * and below FUZZ_DIR/mounts directories on which file systems come and go.
 */
#ifndef FUZZ_TREES_H
#define FUZZ_TREES_H

#define TREES_MAX 4
#define MOUNTS	  4

/* All of these terminate; a page has room for any of them. */

/* A name in some tree; "" is the tree itself. */
void tree_path(char *path, const char *name);
/* Something in a tree or a mount that may exist. */
void tree_any_path(char *path);
/* The same in the same tree. */
void tree_path_beside(char *path, const char *other);
/* One of the directories on which something may be mounted. */
void mount_path(char *path);

#endif /* FUZZ_TREES_H */
