// SPDX-License-Identifier: Apache-2.0
package fang.ctl.serve;

import fang.ctl.model.Attribute;
import fang.ctl.model.EventKind;
import fang.ctl.model.Explanation;
import fang.ctl.model.Explanation.Step;
import fang.ctl.model.Explanation.Truth;
import fang.ctl.model.GroupSpec;
import fang.ctl.model.ProfileRule;
import fang.ctl.model.Scope;
import fang.ctl.model.Subject;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** Tells which rule of a profile decides about an access, by text alone: nothing is asked, nothing opened. */
public final class Explainer {
    private final GroupSpec group;
    private final Subject subject;

    public Explainer(GroupSpec group, Subject subject) {
        this.group = group;
        this.subject = subject.withPath(Rules.places(group).told(subject.path()));
    }

    /** The whole way of a request through the group. */
    public Explanation explain() {
        Optional<String> unasked = unasked();
        if (unasked.isPresent()) {
            return new Explanation(group.name(), false, unasked.get(), List.of(), Optional.empty(), "");
        }
        Rules rules = Rules.of(group);
        List<Step> steps = new ArrayList<>();
        for (Rules.Compiled compiled : rules.all()) {
            Check against = compiled.against(subject);
            Truth truth = against == null ? Truth.YES : against.of(subject);
            steps.add(new Step(compiled.rule(), compiled.kernel(), truth, against == null ? "" : against.why(subject)));
            if (truth == Truth.YES) {
                return decided(Optional.of(compiled.rule()), rules.action(compiled.rule()), steps);
            }
        }
        return decided(Optional.empty(), rules.otherwise(), steps);
    }

    private Explanation decided(Optional<ProfileRule> rule, Rules.Action action, List<Step> steps) {
        boolean settled = rule.isPresent() && !rule.get().rule().respond().equals("ask");
        // Without serve it is up to whoever listens.
        String response =
                group.serve().isEmpty() && !settled ? "ask" : action.name().toLowerCase(Locale.ROOT);
        return new Explanation(group.name(), true, "", steps, rule, response);
    }

    /** Why nobody is asked; empty if somebody is. */
    private Optional<String> unasked() {
        if (!group.wantsEnabled()) {
            return Optional.of("the group is not enabled");
        }
        List<String> kinds = EventKind.accessWords(group.attributes().getOrDefault(Attribute.MASK, ""));
        if (!kinds.contains(subject.kind())) {
            return Optional.of("its mask has no " + subject.kind());
        }
        boolean covered = false;
        for (Scope scope : group.scopes().orElse(List.of())) {
            covered |= covers(scope);
        }
        if (!covered) {
            return Optional.of("no scope covers the path");
        }
        for (Check exemption : Rules.exemptions(group)) {
            if (exemption.of(subject) == Truth.YES) {
                return Optional.of("exempt, as " + exemption.why(subject));
            }
        }
        return Optional.empty();
    }

    /** As far as paths tell: what is mounted below a directory, and hard links, they do not. */
    private boolean covers(Scope scope) {
        return switch (scope.type()) {
            case ALL -> true;
            case FILE ->
                scope.path().equals(subject.path())
                        || Places.realParent(scope.path()).equals(subject.path());
            default ->
                Check.below("path", Rules.places(group).spellings(scope.path()), Subject::path)
                                .of(subject)
                        == Truth.YES;
        };
    }
}
