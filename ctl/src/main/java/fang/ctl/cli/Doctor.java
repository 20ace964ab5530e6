// SPDX-License-Identifier: Apache-2.0
package fang.ctl.cli;

import fang.ctl.configfs.Diagnosis;
import fang.ctl.configfs.LoadedModule;
import fang.ctl.model.Finding;
import fang.ctl.model.ModuleBuild;
import fang.ctl.output.JsonDocuments;
import fang.ctl.plan.ModuleFile;
import java.io.IOException;
import java.util.List;

/** {@code fangctl doctor}. */
final class Doctor extends Command {
    Doctor() {
        super(
                "doctor",
                "Looks for what leaves files unguarded or processes waiting; exit 1 if something was found."
                        + " Opens no guarded file, needs no root.",
                "fangctl doctor",
                "fangctl doctor -o json | jq -r '.[].remedy'");
        documentFormat();
    }

    @Override
    int run(ParseResult args, Context context) throws IOException {
        boolean json = json(args, context);
        Diagnosis diagnosis = new Diagnosis(
                context.anyStore(),
                context.environment().module(),
                context.environment().modules(),
                Follower.running(context).isPresent(),
                installed(context));
        List<Finding> findings = diagnosis.run();
        findings.addAll(MissingExemptions.find(diagnosis.groups(), context));
        if (json) {
            context.printJson(out -> JsonDocuments.findings(out, findings));
        } else if (findings.isEmpty()) {
            context.println("ok: " + diagnosis.summary());
        } else {
            for (Finding finding : findings) {
                context.println((finding.group() == null ? "" : finding.group() + ": ") + finding.message() + ". Try: "
                        + finding.remedy());
            }
        }
        return findings.isEmpty() ? ExitCode.DONE : ExitCode.NO;
    }

    private static ModuleBuild installed(Context context) {
        if (!new LoadedModule(context.environment().module()).isThere()) {
            // Nothing to compare with: the list of classes, for one, is made without a module.
            return null;
        }
        try {
            return context.environment()
                    .moduleLoader()
                    .installed()
                    .map(ModuleFile::build)
                    .orElse(null);
        } catch (IOException e) {
            // No kmod here, as in a container.
            return null;
        }
    }
}
