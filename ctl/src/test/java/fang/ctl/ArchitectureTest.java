// SPDX-License-Identifier: Apache-2.0
package fang.ctl;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.Architectures.layeredArchitecture;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/** The direction of imports, and which package knows which library. */
class ArchitectureTest {
    private static final int LINES_MAX = 350;

    private static final JavaClasses CODE = new ClassFileImporter()
            .withImportOption(new ImportOption.DoNotIncludeTests())
            .importPackages("fang.ctl");

    @Test
    void importsPointDownwards() {
        layeredArchitecture()
                .consideringOnlyDependenciesInLayers()
                .layer("main")
                .definedBy("fang.ctl")
                .layer("cli")
                .definedBy("fang.ctl.cli")
                .optionalLayer("serve")
                .definedBy("fang.ctl.serve")
                .layer("scan")
                .definedBy("fang.ctl.scan")
                .layer("output")
                .definedBy("fang.ctl.output")
                .layer("plan")
                .definedBy("fang.ctl.plan")
                .layer("profile")
                .definedBy("fang.ctl.profile")
                .layer("device")
                .definedBy("fang.ctl.device")
                .layer("configfs")
                .definedBy("fang.ctl.configfs")
                .layer("trace")
                .definedBy("fang.ctl.trace")
                .layer("sys")
                .definedBy("fang.ctl.sys")
                .layer("abi")
                .definedBy("fang.ctl.abi")
                .layer("model")
                .definedBy("fang.ctl.model")
                .whereLayer("main")
                .mayNotBeAccessedByAnyLayer()
                .whereLayer("cli")
                .mayOnlyBeAccessedByLayers("main")
                .whereLayer("serve")
                .mayOnlyBeAccessedByLayers("cli")
                .whereLayer("scan")
                .mayOnlyBeAccessedByLayers("cli", "serve")
                .whereLayer("output")
                .mayOnlyBeAccessedByLayers("cli")
                .whereLayer("profile")
                .mayOnlyBeAccessedByLayers("cli")
                .whereLayer("device")
                .mayOnlyBeAccessedByLayers("cli", "serve")
                .whereLayer("plan")
                .mayOnlyBeAccessedByLayers("cli", "output")
                .whereLayer("configfs")
                .mayOnlyBeAccessedByLayers("cli", "plan")
                .whereLayer("trace")
                .mayOnlyBeAccessedByLayers("cli")
                .whereLayer("trace")
                .mayOnlyAccessLayers("model", "sys")
                .whereLayer("sys")
                .mayOnlyBeAccessedByLayers("cli", "device", "serve", "scan", "trace")
                .whereLayer("scan")
                .mayOnlyAccessLayers("model", "sys")
                .whereLayer("model")
                .mayNotAccessAnyLayer()
                .check(CODE);
    }

    @Test
    void onlySysKnowsJna() {
        only("fang.ctl.sys", "com.sun.jna..");
    }

    @Test
    void onlyProfileKnowsYaml() {
        only("fang.ctl.profile", "org.snakeyaml..");
    }

    @Test
    void onlyCliKnowsPicocli() {
        only("fang.ctl.cli", "picocli..");
    }

    @Test
    void onlyOutputWritesJson() {
        noClasses()
                .that()
                .resideOutsideOfPackages("fang.ctl.output", "fang.ctl.cli")
                .should()
                .dependOnClassesThat()
                .resideInAPackage("com.fasterxml..")
                .check(CODE);
    }

    private static void only(String inside, String library) {
        noClasses()
                .that()
                .resideOutsideOfPackage(inside)
                .should()
                .dependOnClassesThat()
                .resideInAPackage(library)
                .check(CODE);
    }

    @Test
    void onlyMainExitsAndTouchesTheProcessStreams() {
        noClasses()
                .that()
                .doNotHaveSimpleName("Main")
                .should()
                .callMethod(System.class, "exit", int.class)
                .check(CODE);
        noClasses()
                .that()
                .doNotHaveSimpleName("Main")
                .should()
                .accessField(System.class, "out")
                .check(CODE);
        noClasses()
                .that()
                .doNotHaveSimpleName("Main")
                .should()
                .accessField(System.class, "err")
                .check(CODE);
        noClasses()
                .that()
                .doNotHaveSimpleName("Main")
                .should()
                .accessField(System.class, "in")
                .check(CODE);
    }

    @Test
    void modelNeedsTheJdkAlone() {
        classes()
                .that()
                .resideInAPackage("fang.ctl.model")
                .should()
                .onlyDependOnClassesThat()
                .resideInAnyPackage("fang.ctl.model", "java..")
                .check(CODE);
    }

    @Test
    void noFileIsLong() throws IOException {
        try (var files = Files.walk(Path.of("src"))) {
            for (Path file : files.filter(f -> f.toString().endsWith(".java")).toList()) {
                assertThat(Files.readAllLines(file)).as(file.toString()).hasSizeLessThanOrEqualTo(LINES_MAX);
            }
        }
    }
}
