package io.poolfs.core;

import static com.tngtech.archunit.base.DescribedPredicate.describe;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Holds the package table of the design: who in the engine may use whom. A subpackage counts as its nearest row. */
class LayersTest {
    private static final String ROOT = "io.poolfs.core";

    /** May be used by every package except {@code model}, which uses the JDK alone. */
    private static final Set<String> SHARED = Set.of("model", "time");

    /** Annotations that are no dependency at run time. */
    private static final List<String> JDK_AND_ANNOTATIONS =
            List.of("java.", "org.jspecify.annotations.", "com.google.errorprone.annotations.");

    private static final Map<String, Set<String>> MAY_USE = Map.ofEntries(
            Map.entry("model", Set.of()),
            Map.entry("time", Set.of()),
            Map.entry("local", Set.of()),
            Map.entry("config", Set.of()),
            Map.entry("remote", Set.of()),
            Map.entry("remote.crypt", Set.of()),
            Map.entry("remote.rclone", Set.of("remote", "remote.crypt")),
            Map.entry("remote.directory", Set.of("remote", "local")),
            Map.entry("meta", Set.of()),
            Map.entry("journal", Set.of("meta", "remote", "local")),
            Map.entry("placement", Set.of("remote")),
            Map.entry("cache", Set.of("local")),
            Map.entry("fetch", Set.of("meta", "cache", "remote")),
            Map.entry("stage", Set.of("meta", "journal", "cache", "placement", "remote", "local")),
            Map.entry("fs", Set.of("meta", "cache", "fetch", "stage", "remote")),
            Map.entry("adopt", Set.of("meta", "remote")),
            Map.entry("upkeep", Set.of("meta", "journal", "placement", "remote", "stage")));

    /** The only wiring in the engine: may use all. */
    private static final String WIRING = "pool";

    /** These see of {@code remote} only types named as status. */
    private static final Set<String> REMOTE_STATUS_ONLY = Set.of("placement", "fs");

    private static final JavaClasses ENGINE = new ClassFileImporter()
            .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
            .importPackages(ROOT);

    static Stream<String> packages() {
        return MAY_USE.keySet().stream().sorted();
    }

    @ParameterizedTest
    @MethodSource("packages")
    void package_inTheTable_usesOnlyWhatIsListed(String from) {
        classes()
                .that(describe(
                        "belong to " + from, type -> from.equals(rowOf(type).orElse(null))))
                .should()
                .onlyDependOnClassesThat(describe("are allowed for " + from, used -> mayUse(from, used)))
                .allowEmptyShould(true)
                .check(ENGINE);
    }

    @Test
    void engine_everyClass_belongsToAPackageOfTheTable() {
        assertThat(ENGINE.stream()
                        .filter(type -> !type.getSimpleName().equals("package-info"))
                        .filter(type -> rowOf(type).isEmpty()))
                .isEmpty();
    }

    @Test
    void engine_packages_haveNoCycles() {
        slices().matching(ROOT + ".(*)..")
                .should()
                .beFreeOfCycles()
                .allowEmptyShould(true)
                .check(ENGINE);
    }

    private static boolean mayUse(String from, JavaClass used) {
        JavaClass type = used.getBaseComponentType();
        if (!isEngine(type)) {
            return !from.equals("model")
                    || type.isPrimitive()
                    || JDK_AND_ANNOTATIONS.stream().anyMatch(type.getName()::startsWith);
        }
        String to = rowOf(type).orElse(WIRING);
        if (to.equals(from)) {
            return true;
        }
        if (SHARED.contains(to)) {
            return !from.equals("model");
        }
        if (to.equals("remote") && REMOTE_STATUS_ONLY.contains(from)) {
            return type.getName().contains("Status");
        }
        return MAY_USE.getOrDefault(from, Set.of()).contains(to);
    }

    /** The nearest row of the table, or empty for the root package and for packages that the table does not name. */
    private static Optional<String> rowOf(JavaClass type) {
        String name = type.getPackageName();
        return Stream.concat(MAY_USE.keySet().stream(), Stream.of(WIRING))
                .filter(row -> (name + ".").startsWith(ROOT + "." + row + "."))
                .max(Comparator.comparingInt(String::length));
    }

    private static boolean isEngine(JavaClass type) {
        return (type.getPackageName() + ".").startsWith(ROOT + ".");
    }
}
