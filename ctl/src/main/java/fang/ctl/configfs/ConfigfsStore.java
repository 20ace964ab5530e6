// SPDX-License-Identifier: Apache-2.0
package fang.ctl.configfs;

import fang.ctl.configfs.StoreException.Call;
import fang.ctl.model.Errno;
import java.io.File;
import java.io.FileInputStream;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;

/** The real directory. Stateless; may be used from any thread. */
public final class ConfigfsStore implements GroupStore {
    /** configfs cuts a write at 4095 bytes, so longer values are refused here, before half of one is stored. */
    public static final int VALUE_MAX = 4094;

    /** No attribute is longer than a page; the longest list of other files below this directory is far shorter. */
    private static final int MAX_BYTES = 1024 * 1024;

    /** Most are far shorter; what is longer is read all the same. */
    private static final int VALUE_USUAL = 256;

    private static final Set<StandardOpenOption> WRITE = Set.of(StandardOpenOption.WRITE);

    private final Path root;
    private final String prefix;

    public ConfigfsStore(Path root) {
        this.root = root;
        this.prefix = root + "/";
    }

    /** Strings and {@link File} where they will do: what a few groups need takes paths twice as long. */
    private String file(String relative) {
        return prefix + relative;
    }

    @Override
    public String root() {
        return root.toString();
    }

    @Override
    public boolean isPresent() {
        return exists("groups");
    }

    @Override
    public List<String> list(String directory) {
        File opened = new File(file(directory));
        String[] entries = opened.list();
        if (entries == null) {
            throw unlisted(directory);
        }
        List<String> names = new ArrayList<>();
        for (String entry : entries) {
            if (new File(opened, entry).isDirectory()) {
                names.add(entry);
            }
        }
        names.sort(null);
        return names;
    }

    /** Why a directory cannot be listed, which {@link File} does not tell. */
    private StoreException unlisted(String directory) {
        try (var entries = Files.newDirectoryStream(root.resolve(directory))) {
            entries.iterator().hasNext();
            return new StoreException(Call.LIST, directory, Errno.EIO, "");
        } catch (DirectoryIteratorException e) {
            return failure(Call.LIST, directory, e.getCause(), "");
        } catch (IOException e) {
            return failure(Call.LIST, directory, e, "");
        }
    }

    @Override
    public boolean exists(String directory) {
        return new File(file(directory)).isDirectory();
    }

    @Override
    public String identity(String directory) {
        try {
            // Its inode lives as long as the directory, and no number is given twice.
            return Files.readAttributes(root.resolve(directory), BasicFileAttributes.class)
                    .fileKey()
                    .toString();
        } catch (IOException e) {
            throw failure(Call.LIST, directory, e, "");
        }
    }

    @Override
    public void make(String directory) {
        try {
            Files.createDirectory(root.resolve(directory));
        } catch (IOException e) {
            throw failure(Call.MAKE, directory, e, "");
        }
    }

    @Override
    public void remove(String directory) {
        try {
            Files.delete(root.resolve(directory));
        } catch (IOException e) {
            throw failure(Call.REMOVE, directory, e, "");
        }
    }

    @Override
    public byte[] read(String file) {
        // Not a channel: of several hundred files, as a few groups have, that takes twice as long.
        try (var in = new FileInputStream(file(file))) {
            byte[] bytes = new byte[VALUE_USUAL];
            int length = 0;
            for (int n = in.read(bytes); n > 0; n = in.read(bytes, length, bytes.length - length)) {
                length += n;
                if (length == bytes.length && length < MAX_BYTES) {
                    bytes = Arrays.copyOf(bytes, 2 * length);
                }
            }
            boolean newline = length > 0 && bytes[length - 1] == '\n';
            return Arrays.copyOf(bytes, newline ? length - 1 : length);
        } catch (FileNotFoundException e) {
            throw new StoreException(Call.OPEN, file, errno(e, reason(e)), reason(e), "");
        } catch (IOException e) {
            throw failure(Call.READ, file, e, "");
        }
    }

    /** Of {@code PATH (No such file or directory)}. */
    private static String reason(FileNotFoundException e) {
        String text = e.getMessage();
        int start = text.lastIndexOf('(');
        return start < 0 ? text : text.substring(start + 1, text.length() - 1);
    }

    /** Opened without O_CREAT and O_TRUNC; a value is one write(2), never two. */
    @Override
    public void write(String file, byte[] value) {
        String text = new String(value, StandardCharsets.UTF_8);
        if (value.length > VALUE_MAX) {
            throw new StoreException(Call.WRITE, file, Errno.E2BIG, text);
        }
        try (FileChannel channel = open(file, text)) {
            // configfs does not hand on a write of nothing: an empty value is a lone newline
            byte[] bytes = value.length == 0 ? new byte[] {'\n'} : value;
            int n = channel.write(ByteBuffer.wrap(bytes));
            if (n != bytes.length) {
                throw new StoreException(Call.WRITE, file, Errno.EIO, text);
            }
        } catch (IOException e) {
            throw failure(Call.WRITE, file, e, text);
        }
    }

    private FileChannel open(String file, String value) {
        try {
            return FileChannel.open(root.resolve(file), WRITE);
        } catch (IOException e) {
            throw failure(Call.OPEN, file, e, value);
        }
    }

    private static StoreException failure(Call call, String file, IOException e, String value) {
        String text = e instanceof FileSystemException f ? f.getReason() : e.getMessage();
        return new StoreException(call, file, errno(e, text), text == null ? e.toString() : text, value);
    }

    private static Errno errno(IOException e, String text) {
        if (e instanceof NoSuchFileException) {
            return Errno.ENOENT;
        } else if (e instanceof AccessDeniedException) {
            return Errno.EACCES;
        } else if (e instanceof FileAlreadyExistsException) {
            return Errno.EEXIST;
        } else if (e instanceof DirectoryNotEmptyException) {
            return Errno.ENOTEMPTY;
        } else if (e instanceof NotDirectoryException) {
            return Errno.ENOTDIR;
        }
        return Errno.ofText(text);
    }
}
