// SPDX-License-Identifier: Apache-2.0
package fang.ctl.model;

/**
 * A rule that a profile wants.
 *
 * @param reason a remark, of which the kernel keeps what fits into the rule's name; empty if there is none
 */
public record RuleSpec(Rule rule, String reason) {}
