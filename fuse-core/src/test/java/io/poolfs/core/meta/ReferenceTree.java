package io.poolfs.core.meta;

import static org.assertj.core.api.Assertions.assertThat;

import io.poolfs.core.model.Extent;
import io.poolfs.core.model.FileName;
import io.poolfs.core.model.FileType;
import io.poolfs.core.model.Inode;
import io.poolfs.core.model.PoolException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** The simplest thing that could be the metadata: maps of Java objects, content byte by byte. For the model test. */
final class ReferenceTree {
    /** Every file fits into this. */
    static final int MAX_SIZE = 48;

    static final class Node {
        final long number;
        final FileType type;
        final Map<String, Long> entries = new TreeMap<>();
        final Set<Op.Place> names = new HashSet<>();
        final Map<String, String> xattrs = new TreeMap<>();
        final long[] tags = new long[MAX_SIZE];
        long version;
        int size;
        int permissions;
        Op.@Nullable Place orphanOf;

        Node(long number, FileType type) {
            this.number = number;
            this.type = type;
        }

        boolean isDirectory() {
            return type == FileType.DIRECTORY;
        }

        boolean isUncommitted() {
            return type == FileType.REGULAR && version == 0;
        }

        boolean isCommitted() {
            return type == FileType.REGULAR && version > 0;
        }
    }

    record Displacement(long displacer, Op.Place at) {}

    final Map<Long, Node> nodes = new TreeMap<>();
    final Map<Displacement, Long> displaced = new HashMap<>();

    ReferenceTree() {
        nodes.put(Inode.ROOT, new Node(Inode.ROOT, FileType.DIRECTORY));
    }

    @Nullable
    Node at(Op.Place place) {
        Node parent = nodes.get(place.parent());
        Long number = parent == null ? null : parent.entries.get(place.name().toString());
        return number == null ? null : nodes.get(number);
    }

    boolean isLive(long directory) {
        Node node = nodes.get(directory);
        return node != null && node.isDirectory() && node.orphanOf == null;
    }

    boolean isInside(long directory, long ancestor) {
        long at = directory;
        while (at != Inode.ROOT) {
            if (at == ancestor) {
                return true;
            }
            at = nodes.get(at).names.iterator().next().parent();
        }
        return ancestor == Inode.ROOT;
    }

    boolean canDisplace(long displaces, boolean uncommitted, long displacer) {
        Node node = nodes.get(displaces);
        return displaces == 0 || (uncommitted && node != null && node.isCommitted() && displaces != displacer);
    }

    boolean create(Op.Create op, FileType type) {
        if (!isLive(op.at().parent())
                || at(op.at()) != null
                || !canDisplace(op.displaces(), type == FileType.REGULAR, op.inode())) {
            return false;
        }
        Node node = new Node(op.inode(), type);
        node.permissions = op.mode() & 07777;
        node.size = type == FileType.SYMLINK ? Objects.requireNonNull(op.target()).length : 0;
        nodes.put(op.inode(), node);
        give(node, op.at());
        displace(node, op.at(), op.displaces());
        return true;
    }

    boolean link(Op.Link op) {
        Node node = nodes.get(op.inode());
        if (node == null
                || node.isDirectory()
                || node.orphanOf != null
                || !isLive(op.at().parent())
                || at(op.at()) != null
                || !canDisplace(op.displaces(), node.isUncommitted(), op.inode())) {
            return false;
        }
        give(node, op.at());
        displace(node, op.at(), op.displaces());
        return true;
    }

    boolean unlink(Op.Place at) {
        Node node = at(at);
        if (!isLive(at.parent()) || node == null || node.isDirectory()) {
            return false;
        }
        take(node, at);
        return true;
    }

    boolean removeDirectory(Op.Place at) {
        Node node = at(at);
        if (!isLive(at.parent()) || node == null || !node.isDirectory() || !node.entries.isEmpty()) {
            return false;
        }
        take(node, at);
        return true;
    }

    boolean rename(Op.Rename op) {
        Node moved = at(op.from());
        Node other = at(op.to());
        if (!isLive(op.from().parent()) || !isLive(op.to().parent()) || moved == null) {
            return false;
        }
        if (moved == other) {
            return true;
        }
        if (!canDisplace(op.displaces(), moved.isUncommitted(), moved.number)
                || (moved.isDirectory() && isInside(op.to().parent(), moved.number))) {
            return false;
        }
        long movedHeld = forget(moved, op.from());
        boolean done = op.exchange() ? exchange(op, moved, other, movedHeld) : replace(op, moved, other, movedHeld);
        if (!done) {
            displace(moved, op.from(), movedHeld);
        }
        return done;
    }

    private boolean exchange(Op.Rename op, Node moved, @Nullable Node other, long movedHeld) {
        if (other == null || (other.isDirectory() && isInside(op.from().parent(), other.number))) {
            return false;
        }
        long otherHeld = forget(other, op.to());
        drop(moved, op.from());
        drop(other, op.to());
        give(moved, op.to());
        give(other, op.from());
        displace(moved, op.to(), op.displaces() != 0 ? op.displaces() : movedHeld);
        displace(other, op.from(), otherHeld);
        return true;
    }

    private boolean replace(Op.Rename op, Node moved, @Nullable Node other, long movedHeld) {
        long held = movedHeld;
        if (other != null) {
            if (moved.isDirectory() != other.isDirectory() || !other.entries.isEmpty()) {
                return false;
            }
            long otherHeld = forget(other, op.to());
            held = otherHeld != 0 ? otherHeld : held;
            take(other, op.to());
        }
        drop(moved, op.from());
        give(moved, op.to());
        if (moved.isUncommitted()) {
            displace(moved, op.to(), op.displaces() != 0 ? op.displaces() : held);
        }
        return true;
    }

    boolean restore(Op.Restore op) {
        Node displacer = nodes.get(op.displacer());
        Node node = nodes.get(op.inode());
        Long held = displaced.get(new Displacement(op.displacer(), op.at()));
        if (displacer == null || at(op.at()) != displacer || held == null || held != op.inode()) {
            return false;
        }
        take(displacer, op.at());
        node.orphanOf = null;
        give(node, op.at());
        return true;
    }

    boolean commit(Op.CommitContent op) {
        Node node = nodes.get(op.inode());
        if (node == null || node.type != FileType.REGULAR || node.version != op.baseVersion()) {
            return false;
        }
        op.drop().forEach(range -> fill(node, range.offset(), range.end(), null));
        fill(node, op.sizeBytes(), MAX_SIZE, null);
        op.put().forEach(extent -> fill(node, extent.fileOffset(), extent.fileEnd(), extent));
        node.size = (int) op.sizeBytes();
        node.version++;
        displaced.keySet().removeIf(key -> key.displacer() == op.inode());
        return true;
    }

    boolean isHeld(long inode) {
        return displaced.containsValue(inode);
    }

    void fill(Node node, long from, long to, @Nullable Extent extent) {
        for (long i = from; i < to; i++) {
            node.tags[(int) i] = extent == null ? 0 : tag(extent, i);
        }
    }

    private static long tag(Extent extent, long position) {
        return extent.piece().chunk().low() * 1000 + extent.chunkOffset() + position - extent.fileOffset();
    }

    private void give(Node node, Op.Place at) {
        nodes.get(at.parent()).entries.put(at.name().toString(), node.number);
        node.names.add(at);
    }

    private void drop(Node node, Op.Place at) {
        nodes.get(at.parent()).entries.remove(at.name().toString());
        node.names.remove(at);
    }

    private void take(Node node, Op.Place at) {
        forget(node, at);
        drop(node, at);
        if (node.names.isEmpty()) {
            node.orphanOf = at;
        }
    }

    private void displace(Node displacer, Op.Place at, long inode) {
        if (inode != 0) {
            displaced.put(new Displacement(displacer.number, at), inode);
        }
    }

    private long forget(Node displacer, Op.Place at) {
        Long held = displaced.remove(new Displacement(displacer.number, at));
        return held == null ? 0 : held;
    }

    void requireSame(MetadataReader reader) throws PoolException {
        Map<Displacement, Long> displacements = new HashMap<>();
        reader.displaced(
                record -> displacements.put(new Displacement(record.displacer(), record.at()), record.inode()) == null);
        assertThat(displacements).isEqualTo(displaced);
        List<Long> numbers = new ArrayList<>();
        reader.inodes(inode -> numbers.add(inode.number()));
        assertThat(numbers).containsExactlyElementsOf(nodes.keySet());
        for (Node node : nodes.values()) {
            requireSame(reader, node);
        }
    }

    private void requireSame(MetadataReader reader, Node node) throws PoolException {
        Inode inode = reader.requireInode(node.number);
        assertThat(inode.mode())
                .isEqualTo(node.type.modeBits() | (node.number == Inode.ROOT ? 0755 : node.permissions));
        assertThat(inode.version()).isEqualTo(node.version);
        assertThat(new HashSet<>(reader.places(node.number))).isEqualTo(node.names);
        assertThat(reader.isHeldAsDisplaced(node.number)).isEqualTo(isHeld(node.number));
        MetadataReader.Orphan orphan = reader.orphan(node.number);
        assertThat(orphan == null ? null : orphan.lastPlace()).isEqualTo(node.orphanOf);
        Map<String, Long> entries = new TreeMap<>();
        reader.entries(node.number, null, dentry -> {
            entries.put(dentry.name().toString(), dentry.inode());
            assertThat(dentry.typeBits())
                    .isEqualTo(nodes.get(dentry.inode()).type.modeBits());
            return true;
        });
        assertThat(entries).isEqualTo(node.entries);
        Map<String, String> xattrs = new TreeMap<>();
        for (byte[] name : reader.xattrNames(node.number)) {
            xattrs.put(KeyValueStoreContract.text(name), KeyValueStoreContract.text(reader.xattr(node.number, name)));
        }
        assertThat(xattrs).isEqualTo(node.xattrs);
        if (node.isDirectory()) {
            long subdirectories = new TreeSet<>(node.entries.values())
                    .stream().filter(child -> nodes.get(child).isDirectory()).count();
            assertThat(inode.links()).isEqualTo(node.orphanOf != null ? 0 : 2 + (int) subdirectories);
        } else {
            assertThat(inode.links()).isEqualTo(node.names.size());
            assertThat(inode.sizeBytes()).isEqualTo(node.size);
        }
        long[] tags = new long[MAX_SIZE];
        for (Extent extent : reader.extents(node.number, 0, Long.MAX_VALUE)) {
            for (long i = extent.fileOffset(); i < extent.fileEnd(); i++) {
                tags[(int) i] = tag(extent, i);
            }
        }
        assertThat(tags).isEqualTo(node.tags);
    }

    static FileName name(int i) throws PoolException {
        return FileName.of("n" + i);
    }
}
