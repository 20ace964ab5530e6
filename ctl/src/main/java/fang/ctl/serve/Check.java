// SPDX-License-Identifier: Apache-2.0
package fang.ctl.serve;

import fang.ctl.model.Condition;
import fang.ctl.model.ConditionType;
import fang.ctl.model.Explanation.Truth;
import fang.ctl.model.Glob;
import fang.ctl.model.ProfileRule;
import fang.ctl.model.RawPath;
import fang.ctl.model.ServeConditions;
import fang.ctl.model.Sizes;
import fang.ctl.model.Subject;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.function.Function;

/** One condition of a rule, ready to be compared. */
abstract class Check {
    /** What the kernel appends to the path of a program whose file was replaced: it is still that program. */
    private static final String DELETED = " (deleted)";

    private static final Set<String> OF_FILE = Set.of("path", "kind", "owner", "size");

    private final String word;

    private Check(String word) {
        this.word = word;
    }

    /** Null if it is not known. */
    abstract Object told(Subject subject);

    abstract boolean holds(Subject subject);

    final Truth of(Subject subject) {
        return told(subject) == null ? Truth.UNKNOWN : holds(subject) ? Truth.YES : Truth.NO;
    }

    /** Why it does not hold, or may not. */
    final String why(Subject subject) {
        Object told = told(subject);
        if (told == null) {
            return word + " is not known";
        }
        return word + " is " + (told instanceof RawPath path ? path.display() : told);
    }

    /** Whether it is the same for everybody who accesses the file. */
    final boolean isOfFile() {
        return OF_FILE.contains(word);
    }

    /** Whether only the file itself tells it. */
    boolean needsFile() {
        return false;
    }

    /**
     * All conditions of a rule, the cheap ones first.
     *
     * @param places how records spell paths
     */
    static List<Check> of(ProfileRule rule, Places places) {
        List<Check> checks = new ArrayList<>();
        if (!rule.rule().kinds().isEmpty()) {
            checks.add(kinds(List.of(rule.rule().kinds().split(" "))));
        }
        for (Condition condition : rule.rule().conditions()) {
            checks.add(of(condition, places));
        }
        ServeConditions more = rule.more();
        if (more.gid() != null) {
            checks.add(number("gid", more.gid(), Subject::gid));
        }
        if (more.comm() != null) {
            checks.add(text("comm", more.comm(), Subject::comm));
        }
        if (more.path() != null) {
            checks.add(path(more.path()));
        }
        if (more.owner() != null) {
            checks.add(file(number("owner", more.owner(), Subject::owner)));
        }
        if (more.sizeMin() != null || more.sizeMax() != null) {
            checks.add(size(more.sizeMin(), more.sizeMax()));
        }
        return checks;
    }

    /** Of a rule or an exemption. */
    static Check of(Condition condition, Places places) {
        RawPath value = condition.value();
        return switch (condition.type()) {
            case SUBTREE -> below("path", places.spellings(value), Subject::path);
            case EXE -> exe(value, Places.realParent(value));
            case CGROUP -> below("cgroup", List.of(value), Subject::cgroup);
            case UID -> number("uid", Long.parseLong(value.latin1()), Subject::uid);
            case TGID -> number(ConditionType.TGID.word(), Long.parseLong(value.latin1()), subject -> null);
        };
    }

    /** The path is one of these or below. */
    static Check below(String word, Collection<RawPath> roots, Function<Subject, RawPath> of) {
        List<String> texts = new ArrayList<>();
        for (RawPath root : roots) {
            String text = root.latin1();
            texts.add(text.endsWith("/") ? text.substring(0, text.length() - 1) : text);
        }
        return new Check(word) {
            @Override
            Object told(Subject subject) {
                return of.apply(subject);
            }

            @Override
            boolean holds(Subject subject) {
                String path = of.apply(subject).latin1();
                for (String text : texts) {
                    if (path.startsWith(text)
                            && (path.length() == text.length() || path.charAt(text.length()) == '/')) {
                        return true;
                    }
                }
                return false;
            }
        };
    }

    private static Check exe(RawPath written, RawPath resolved) {
        return new Check("exe") {
            @Override
            Object told(Subject subject) {
                return subject.exe();
            }

            @Override
            boolean holds(Subject subject) {
                String exe = subject.exe().latin1();
                String name = exe.endsWith(DELETED) ? exe.substring(0, exe.length() - DELETED.length()) : exe;
                return name.equals(written.latin1()) || name.equals(resolved.latin1());
            }
        };
    }

    private static Check kinds(List<String> kinds) {
        return new Check("kind") {
            @Override
            Object told(Subject subject) {
                return subject.kind();
            }

            @Override
            boolean holds(Subject subject) {
                return kinds.contains(subject.kind());
            }
        };
    }

    private static Check path(Glob glob) {
        return new Check("path") {
            @Override
            Object told(Subject subject) {
                return subject.path();
            }

            @Override
            boolean holds(Subject subject) {
                return glob.matches(subject.path());
            }
        };
    }

    private static Check text(String word, RawPath value, Function<Subject, RawPath> of) {
        return new Check(word) {
            @Override
            Object told(Subject subject) {
                return of.apply(subject);
            }

            @Override
            boolean holds(Subject subject) {
                return value.equals(of.apply(subject));
            }
        };
    }

    private static Check number(String word, long value, Function<Subject, Long> of) {
        return new Check(word) {
            @Override
            Object told(Subject subject) {
                return of.apply(subject);
            }

            @Override
            boolean holds(Subject subject) {
                return of.apply(subject) == value;
            }
        };
    }

    private static Check file(Check check) {
        return new Check(check.word) {
            @Override
            Object told(Subject subject) {
                return check.told(subject);
            }

            @Override
            boolean holds(Subject subject) {
                return check.holds(subject);
            }

            @Override
            boolean needsFile() {
                return true;
            }
        };
    }

    private static Check size(Long min, Long max) {
        return file(new Check("size") {
            @Override
            Object told(Subject subject) {
                return subject.size() == null ? null : Sizes.format(subject.size());
            }

            @Override
            boolean holds(Subject subject) {
                return (min == null || subject.size() >= min) && (max == null || subject.size() <= max);
            }
        });
    }
}
