// SPDX-License-Identifier: Apache-2.0
package fang.ctl.plan;

import fang.ctl.model.ModuleBuild;

/**
 * A file with the module in it.
 *
 * @param kernel the release that it was built for
 * @param installed whether modprobe finds it by the module's name
 */
public record ModuleFile(String path, ModuleBuild build, String kernel, boolean installed) {}
