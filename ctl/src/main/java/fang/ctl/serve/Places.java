// SPDX-License-Identifier: Apache-2.0
package fang.ctl.serve;

import fang.ctl.model.RawPath;
import fang.ctl.model.Scope;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * Spellings of paths. Records begin with a scope as the admin wrote it, which may lead through symbolic links; rules may be
 * written another way. Links are followed when this is made, not again.
 */
final class Places {
    private final List<RawPath> written = new ArrayList<>();
    private final List<RawPath> real = new ArrayList<>();

    Places(List<Scope> scopes) {
        for (Scope scope : scopes) {
            if (!scope.isAll() && !real(scope.path()).equals(scope.path())) {
                written.add(scope.path());
                real.add(real(scope.path()));
            }
        }
    }

    /** The path as records tell it. */
    RawPath told(RawPath path) {
        RawPath straight = real(path);
        for (int i = 0; i < real.size(); i++) {
            String root = real.get(i).latin1();
            String text = straight.latin1();
            if (text.equals(root) || text.startsWith(root + "/")) {
                return new RawPath(written.get(i).latin1() + text.substring(root.length()));
            }
        }
        return straight;
    }

    /** Every spelling that a record may have of what is at a path. */
    Set<RawPath> spellings(RawPath path) {
        return new LinkedHashSet<>(List.of(path, real(path), told(path)));
    }

    /** Without symbolic links; as it is if it leads nowhere. */
    static RawPath real(RawPath path) {
        try {
            return RawPath.ofText(text(path).toRealPath().toString());
        } catch (IOException | IllegalArgumentException e) {
            return path;
        }
    }

    /** A directory without symbolic links and the last name as it is: so the kernel looks up programs, which are replaced. */
    static RawPath realParent(RawPath path) {
        try {
            Path text = text(path);
            return text.getParent() == null
                    ? path
                    : RawPath.ofText(text.getParent()
                            .toRealPath()
                            .resolve(text.getFileName())
                            .toString());
        } catch (IOException | IllegalArgumentException e) {
            return path;
        }
    }

    private static Path text(RawPath path) {
        return Path.of(path.utf8().orElse(path.display()));
    }
}
