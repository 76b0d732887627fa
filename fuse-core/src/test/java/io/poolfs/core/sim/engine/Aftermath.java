package io.poolfs.core.sim.engine;

import io.poolfs.core.fs.PoolFileSystem;
import io.poolfs.core.model.FileName;
import io.poolfs.core.model.Inode;
import io.poolfs.core.model.PoolException;
import io.poolfs.core.model.Reason;
import io.poolfs.core.sim.engine.Client.Pending;
import java.util.HashSet;
import java.util.Set;

/** What clients find when the pool is open again: whether it may be so, and what they go on from. */
final class Aftermath {
    private final EngineSimulation simulation;
    private final Death death;

    /** @param death the worst that happened since the clients saw the pool */
    Aftermath(EngineSimulation simulation, Death death) {
        this.simulation = simulation;
        this.death = death;
    }

    void look() throws PoolException {
        // Numbers of what is lost are given again; what was deleted since may come back by a further loss.
        long next = simulation.nextInode();
        simulation.allVersions().keySet().removeIf(number -> number >= next);
        if (death == Death.MACHINE_LOST) {
            // Of files without a name as well: they may get it back.
            simulation.allVersions().values().forEach(Versions::lostHere);
        }
        boolean first = simulation.clients().isEmpty();
        for (int i = 0; i < simulation.clientCount(); i++) {
            if (first) {
                simulation.clients().add(new Client(i, simulation, emptyDirectory("c" + i)));
            } else {
                look(simulation.clients().get(i));
            }
        }
    }

    private void look(Client client) throws PoolException {
        long root = directory(client.directory());
        if (root == 0) {
            if (!death.isLossy() || simulation.promisedNames().stream().anyMatch(name -> isOf(client, name))) {
                throw new AssertionError("the directory of client " + client.number() + " is gone");
            }
            client.restart(emptyDirectory(client.directory()));
            return;
        }
        Tree found = Comparison.readTree(fs(), root, simulation.patience());
        if (death.isLossy()) {
            judge(client, found);
        } else {
            requireNothingLost(client, found);
        }
        client.restart(found);
    }

    private static boolean isOf(Client client, String name) {
        return name.startsWith(client.tree().root() + "/");
    }

    /** After the death of the process alone: everything is there, but for what was under way. */
    private void requireNothingLost(Client client, Tree found) throws PoolException {
        Pending pending = client.pending();
        Tree expected = pending == null ? client.tree() : pending.before();
        if (pending != null && pending.mixed() != 0 && expected.links(pending.mixed()) > 0) {
            Node before = expected.get(pending.mixed());
            Node now = found.has(pending.mixed()) ? found.get(pending.mixed()) : before;
            if (!before.wild() && !now.wild()) {
                Comparison.requireMix(
                        now.content(),
                        before.content(),
                        pending.after().get(pending.mixed()).content(),
                        "inode " + pending.mixed());
            }
            Versions versions = simulation.versions(pending.mixed(), false);
            versions.add(now.content());
            versions.loose();
            expected = expected.copy()
                    .put(pending.mixed(), before.withContent(now.content()).withWild(now.wild()));
        }
        String objection = new Comparison(fs(), expected).objection(found);
        if (!objection.isEmpty() && pending != null) {
            String other = new Comparison(fs(), pending.after()).objection(found);
            if (other.isEmpty()) {
                objection = "";
            } else {
                objection += "; and not what was under way: " + other;
            }
        }
        if (!objection.isEmpty()) {
            throw new AssertionError("after " + death + ", client " + client.number() + ": " + objection);
        }
        addMissingVersions(found);
    }

    private void addMissingVersions(Tree found) {
        for (Tree.Place place : found.places()) {
            long number = found.at(place);
            if (found.get(number).isRegular()
                    && simulation.versions(number, false).last() < 0) {
                simulation.versions(number, true).add(found.get(number).content());
            }
        }
    }

    /** After worse: of each file a whole content that it had, not older than the last fsync. */
    private void judge(Client client, Tree found) throws PoolException {
        Set<String> names = new HashSet<>();
        for (Tree.Place place : found.places()) {
            long number = found.at(place);
            Node node = found.get(number);
            String path = found.root() + "/" + found.path(place);
            names.add(path);
            if (!node.isRegular()) {
                continue;
            }
            if (node.wild()
                    || (client.tree().has(number) && client.tree().get(number).wild())) {
                continue;
            }
            Versions versions = simulation.versions(number, false);
            if (versions.last() < 0 && node.content().length == 0) {
                versions.add(node.content());
            }
            String objection = versions.objection(node.content(), death == Death.POWER_LOSS);
            if (!objection.isEmpty()) {
                throw new AssertionError("after " + death + ", " + path + " (inode " + number + ") has " + objection);
            }
        }
        for (Tree.Place place : found.places()) {
            long number = found.at(place);
            if (found.get(number).isRegular() && !found.get(number).wild()) {
                simulation.versions(number, false).cutTo(found.get(number).content());
            }
        }
        for (String name : simulation.promisedNames()) {
            if (isOf(client, name) && !names.contains(name)) {
                throw new AssertionError("after " + death + ", " + name + " is gone, which was synced");
            }
        }
    }

    private Tree emptyDirectory(String name) throws PoolException {
        Inode made = fs().makeDirectory(null, Client.CALLER, Inode.ROOT, FileName.of(name), 0755);
        return Tree.of(made.number(), Node.made(io.poolfs.core.model.FileType.DIRECTORY, 0755, new byte[0]));
    }

    private long directory(String name) throws PoolException {
        try {
            return fs().lookup(Inode.ROOT, FileName.of(name)).number();
        } catch (PoolException e) {
            if (e.reason() == Reason.NOT_FOUND) {
                return 0;
            }
            throw e;
        }
    }

    private PoolFileSystem fs() {
        return simulation.fs();
    }
}
