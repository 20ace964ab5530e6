// SPDX-License-Identifier: Apache-2.0
package fang.ctl.plan;

import fang.ctl.model.AllScope;
import fang.ctl.model.Mount;
import fang.ctl.model.ScopeState;
import fang.ctl.model.Scopes;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;

/**
 * What brings the scopes of a group that covers all in step with the mount table: one scope a file system, under the
 * path of one of its mounts. Pure.
 *
 * @param letGo to be removed first: they cover nothing, or what they shall no longer cover
 * @param cover to be made
 * @param hidden of each file system that no path leads to, one mount
 */
record AllPlan(List<LetGo> letGo, List<Cover> cover, List<Mount> hidden) {
    /** A scope that goes, and why. */
    record LetGo(ScopeState state, String why) {}

    /** A file system to cover, and the scope that goes once it is; null if none does. */
    record Cover(Mount mount, ScopeState replaced) {}

    /** It holds no files, and to look at one of its directories may mount something there. */
    private static final String AUTOFS = "autofs";

    boolean isEmpty() {
        return letGo.isEmpty() && cover.isEmpty();
    }

    /**
     * The way from the scopes to the mounts.
     *
     * @param visible whether the mount's path leads to it
     * @param refused whether the kernel refuses to watch the mount's file system
     */
    static AllPlan of(Scopes scopes, List<Mount> mounts, Predicate<Mount> visible, Predicate<Mount> refused) {
        AllPlan plan = new AllPlan(new ArrayList<>(), new ArrayList<>(), new ArrayList<>());
        if (!scopes.hasAll()) {
            scopes.ofAll().forEach(state -> plan.letGo.add(new LetGo(state, "the group no longer covers all")));
            return plan;
        }
        Map<String, List<Mount>> wanted = byDevice(mounts);
        Map<String, ScopeState> live = plan.sort(scopes, wanted);
        wanted.forEach((device, candidates) -> {
            ScopeState state = live.get(device);
            if (state != null && isShown(state, candidates, visible) || refused.test(candidates.get(0))) {
                return;
            }
            Optional<Mount> mount = candidates.stream().filter(visible).findFirst();
            if (mount.isPresent()) {
                plan.cover.add(new Cover(mount.get(), state));
            } else if (state == null) {
                plan.hidden.add(candidates.get(0));
            }
        });
        return plan;
    }

    /** Mounts of each file system, those of all of it first. */
    private static Map<String, List<Mount>> byDevice(List<Mount> mounts) {
        Map<String, List<Mount>> devices = new LinkedHashMap<>();
        for (Mount mount : mounts) {
            if (!mount.type().equals(AUTOFS)) {
                devices.computeIfAbsent(mount.device(), device -> new ArrayList<>())
                        .add(mount);
            }
        }
        devices.values().forEach(list -> list.sort(Comparator.comparing(mount -> !mount.isWhole())));
        return devices;
    }

    /** By device, the scope that covers it; all others are let go. */
    private Map<String, ScopeState> sort(Scopes scopes, Map<String, List<Mount>> wanted) {
        Map<String, ScopeState> live = new LinkedHashMap<>();
        for (ScopeState state : scopes.ofAll()) {
            String device = AllScope.device(state.name()).orElseThrow();
            if (!wanted.containsKey(device)) {
                letGo.add(new LetGo(state, "unmounted"));
            } else if (!state.enabled()) {
                letGo.add(new LetGo(state, "not enabled"));
            } else if (!state.active()) {
                letGo.add(new LetGo(state, "unmounted, and another is mounted in its place"));
            } else if (live.putIfAbsent(device, state) != null) {
                letGo.add(new LetGo(state, "covered twice"));
            }
        }
        return live;
    }

    /** Whether the scope's path leads to its file system, so that the paths of its events are right. */
    private static boolean isShown(ScopeState state, List<Mount> mounts, Predicate<Mount> visible) {
        return mounts.stream()
                .filter(mount -> state.scope()
                        .filter(scope -> scope.path().equals(mount.point()))
                        .isPresent())
                .anyMatch(visible);
    }
}
