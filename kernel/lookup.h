/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Paths that are written to attributes.
 */
#ifndef FANG_LOOKUP_H
#define FANG_LOOKUP_H

struct config_item;
struct path;

/*
 * kern_path() within a write to an attribute. @item is the directory, made by
 * mkdir, to which the attribute belongs; while file systems are waited for, its
 * rmdir is EBUSY. May wait as long as they take, and no lock of ours may be held.
 * ENOENT if @item is just being removed, else as kern_path().
 */
int fang_look_up(struct config_item *item, const char *name, unsigned int flags, struct path *path);

#endif /* FANG_LOOKUP_H */
