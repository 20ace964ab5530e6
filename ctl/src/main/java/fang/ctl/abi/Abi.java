// SPDX-License-Identifier: Apache-2.0
package fang.ctl.abi;

/**
 * The constants of kernel/include/uapi/linux/fang.h that this program uses, under their C names. A test compares each
 * with the listing that the C compiler makes of the header.
 */
public final class Abi {
    public static final int FANG_ABI_MIN = 1;
    public static final int FANG_ABI_MAX = 1;
    public static final int FANG_RECORD_MAX = 16384;

    public static final int FANG_OPEN = 0;
    public static final int FANG_READ = 1;
    public static final int FANG_WRITE = 2;
    public static final int FANG_CLOSE_WRITE = 3;
    public static final int FANG_CLOSE_NOWRITE = 4;
    public static final int FANG_OPEN_ACCESS = 5;
    public static final int FANG_READ_ACCESS = 6;
    public static final int FANG_OVERFLOW = 64;
    public static final int FANG_STATE = 65;

    public static final int FANG_REDELIVERED = 1;
    public static final int FANG_PATH_IN_FS = 1 << 1;
    public static final int FANG_PATH_DELETED = 1 << 2;
    public static final int FANG_PATH_TRUNCATED = 1 << 3;

    public static final int FANG_STATE_ENABLED = 1 << 4;
    public static final int FANG_STATE_DISABLED = 1 << 5;

    public static final int FANG_OUTSTANDING = 1 << 6;

    public static final int FANG_ADDITION_PATH = 1;
    public static final int FANG_ADDITION_COMM = 2;
    public static final int FANG_ADDITION_EXE = 3;
    public static final int FANG_ADDITION_CGROUP = 4;

    public static final int FANG_ALLOW = 1;
    public static final int FANG_DENY = 2;
    public static final int FANG_MORE_TIME = 3;

    public static final int FANG_FASTPATH = 1;
    public static final int FANG_SURVIVE = 1 << 1;
    public static final int FANG_CLEAR = 1 << 2;

    public static final int FANG_EXEMPT_PROCESS_GROUP = 1;

    public static final long FANG_IOC_ABI = 0x800846a0L;
    public static final long FANG_IOC_EXEMPT = 0x401046a1L;
    public static final long FANG_IOC_OPEN = 0x401046a2L;

    private Abi() {}
}
