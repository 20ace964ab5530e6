// SPDX-License-Identifier: Apache-2.0
package fang.ctl.output;

import fang.ctl.model.Attribute;

/** What each attribute means, in a line. */
final class AttributeHelp {
    private AttributeHelp() {}

    static String of(Attribute attribute) {
        return switch (attribute) {
            case PRIORITY -> "Groups are asked lowest number first; enabled groups need different ones.";
            case MASK -> "The kinds of events that the group hears of or decides on.";
            case TIMEOUT -> "How long one response may take, such as 500ms, 5s, 2m.";
            case MAX_EXTENSIONS -> "How often a listener may ask for as long again (more_time).";
            case MAX_TIMEOUTS -> "After so many time-outs in a row the group is degraded; 0: never.";
            case MAX_DELIVERIES -> "After so many listeners died of a request, it is settled by on_timeout.";
            case ON_TIMEOUT -> "What holds when nobody responds in time.";
            case ON_NO_LISTENER -> "What holds while nobody listens; wait: as if somebody did.";
            case ON_OVERFLOW -> "What holds for requests beyond access_max, or without memory.";
            case ON_CANNOT_WAIT -> "What holds for tasks that must never wait.";
            case QUEUE_MAX -> "How many events may be queued; more are dropped and counted.";
            case QUEUE_BYTES -> "How many bytes of events may be queued.";
            case ACCESS_MAX -> "How many requests may be open.";
            case WRITE_EVENTS -> "Whether each write is told, or one for a file until it is cleared.";
            case REPORT -> "What events tell besides the ids.";
            case FD_MODE -> "Whether reported descriptors can be written through.";
            case PERMISSIVE -> "Whether what would be denied is allowed, and counted.";
        };
    }
}
