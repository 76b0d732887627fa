package io.poolfs.core.meta;

import io.poolfs.core.model.PoolException;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * An immutable ordered map of byte strings: a treap whose priorities are hashes of the keys. A change copies the path to
 * the changed node, so every version is a snapshot. Keys and values are not copied. Usable from any thread.
 */
final class PersistentMap {
    static final PersistentMap EMPTY = new PersistentMap(null);

    private final @Nullable Node root;

    private PersistentMap(@Nullable Node root) {
        this.root = root;
    }

    byte @Nullable [] get(byte[] key) {
        Node node = root;
        while (node != null) {
            int order = Arrays.compareUnsigned(key, node.key);
            if (order == 0) {
                return node.value;
            }
            node = order < 0 ? node.left : node.right;
        }
        return null;
    }

    PersistentMap with(byte[] key, byte[] value) {
        return new PersistentMap(insert(root, key, value));
    }

    PersistentMap without(byte[] key) {
        return get(key) == null ? this : new PersistentMap(remove(root, key));
    }

    /** Visits [from, to) in order; false when the visitor stopped it. The visitor gets copies. */
    boolean scan(byte[] from, byte @Nullable [] to, KeyValueStore.Visitor visitor) throws PoolException {
        return scan(root, from, to, visitor);
    }

    private static boolean scan(@Nullable Node node, byte[] from, byte @Nullable [] to, KeyValueStore.Visitor visitor)
            throws PoolException {
        if (node == null) {
            return true;
        }
        boolean atOrBehindFrom = Arrays.compareUnsigned(node.key, from) >= 0;
        boolean beforeTo = to == null || Arrays.compareUnsigned(node.key, to) < 0;
        if (atOrBehindFrom && !scan(node.left, from, to, visitor)) {
            return false;
        }
        if (atOrBehindFrom && beforeTo && !visitor.visit(node.key.clone(), node.value.clone())) {
            return false;
        }
        return !beforeTo || scan(node.right, from, to, visitor);
    }

    private static Node insert(@Nullable Node node, byte[] key, byte[] value) {
        if (node == null) {
            return new Node(key, value, priority(key), null, null);
        }
        int order = Arrays.compareUnsigned(key, node.key);
        if (order == 0) {
            return new Node(key, value, node.priority, node.left, node.right);
        }
        if (order < 0) {
            Node left = insert(node.left, key, value);
            return left.priority > node.priority
                    ? left.with(left.left, node.with(left.right, node.right))
                    : node.with(left, node.right);
        }
        Node right = insert(node.right, key, value);
        return right.priority > node.priority
                ? right.with(node.with(node.left, right.left), right.right)
                : node.with(node.left, right);
    }

    private static @Nullable Node remove(@Nullable Node node, byte[] key) {
        if (node == null) {
            return null;
        }
        int order = Arrays.compareUnsigned(key, node.key);
        if (order == 0) {
            return merge(node.left, node.right);
        }
        return order < 0
                ? node.with(remove(node.left, key), node.right)
                : node.with(node.left, remove(node.right, key));
    }

    private static @Nullable Node merge(@Nullable Node left, @Nullable Node right) {
        if (left == null) {
            return right;
        }
        if (right == null) {
            return left;
        }
        return left.priority > right.priority
                ? left.with(left.left, merge(left.right, right))
                : right.with(merge(left, right.left), right.right);
    }

    /** Spreads the bits, so that runs of like keys do not make runs of like priorities. */
    private static int priority(byte[] key) {
        int h = Arrays.hashCode(key) * 0x9e3779b1;
        h ^= h >>> 15;
        h *= 0x85ebca6b;
        return h ^ (h >>> 13);
    }

    private static final class Node {
        final byte[] key;
        final byte[] value;
        final int priority;
        final @Nullable Node left;
        final @Nullable Node right;

        Node(byte[] key, byte[] value, int priority, @Nullable Node left, @Nullable Node right) {
            this.key = key;
            this.value = value;
            this.priority = priority;
            this.left = left;
            this.right = right;
        }

        Node with(@Nullable Node newLeft, @Nullable Node newRight) {
            return new Node(key, value, priority, newLeft, newRight);
        }
    }
}
