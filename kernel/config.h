/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * /sys/kernel/config/fang: config*.c are the only users of configfs.
 */
#ifndef FANG_CONFIG_H
#define FANG_CONFIG_H

/* After everything that a group needs. */
int fang_config_init(void);

void fang_config_exit(void);

#endif /* FANG_CONFIG_H */
