package io.poolfs.core.sim.engine;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;

/** What a client's part of the file system should be: nodes by inode number, below one directory. */
final class Tree {
    /** Stands for the inode that is being made. */
    static final long NEW = -1;

    private final long root;
    private final NavigableMap<Long, Node> nodes;

    private Tree(long root, NavigableMap<Long, Node> nodes) {
        this.root = root;
        this.nodes = nodes;
    }

    static Tree of(long root, Node directory) {
        Tree tree = new Tree(root, new TreeMap<>());
        tree.nodes.put(root, directory);
        return tree;
    }

    Tree copy() {
        return new Tree(root, new TreeMap<>(nodes));
    }

    long root() {
        return root;
    }

    Node get(long number) {
        Node node = nodes.get(number);
        if (node == null) {
            throw new IllegalStateException("no node " + number);
        }
        return node;
    }

    boolean has(long number) {
        return nodes.containsKey(number);
    }

    Tree put(long number, Node node) {
        nodes.put(number, node);
        return this;
    }

    Tree drop(long number) {
        nodes.remove(number);
        return this;
    }

    /** The name stands for the inode from now on; null: for nothing. */
    Tree name(Place place, Long number) {
        nodes.put(place.parent(), get(place.parent()).withChild(place.name(), number));
        return this;
    }

    /** The number of what was made is known. */
    Tree made(long number) {
        Node node = nodes.remove(NEW);
        if (node != null) {
            nodes.put(number, node);
            for (Map.Entry<Long, Node> each : Map.copyOf(nodes).entrySet()) {
                each.getValue().children().forEach((name, child) -> {
                    if (child == NEW) {
                        nodes.put(each.getKey(), nodes.get(each.getKey()).withChild(name, number));
                    }
                });
            }
        }
        return this;
    }

    Long at(Place place) {
        return get(place.parent()).children().get(place.name());
    }

    /** A name in a directory. */
    record Place(long parent, String name) {}

    /** All names, in the order of a walk. */
    List<Place> places() {
        List<Place> found = new ArrayList<>();
        collect(root, found);
        return found;
    }

    private void collect(long directory, List<Place> found) {
        get(directory).children().forEach((name, child) -> {
            found.add(new Place(directory, name));
            if (get(child).isDirectory()) {
                collect(child, found);
            }
        });
    }

    List<Long> directories() {
        List<Long> found = new ArrayList<>();
        found.add(root);
        for (Place place : places()) {
            long child = at(place);
            if (get(child).isDirectory()) {
                found.add(child);
            }
        }
        return found;
    }

    List<Place> places(long number) {
        return places().stream().filter(place -> at(place) == number).toList();
    }

    int links(long number) {
        return places(number).size();
    }

    /** Whether a directory is the other, or lies in it. */
    boolean isWithin(long directory, long other) {
        if (directory == other) {
            return true;
        }
        for (Map.Entry<String, Long> child : get(other).children().entrySet()) {
            if (get(child.getValue()).isDirectory() && isWithin(directory, child.getValue())) {
                return true;
            }
        }
        return false;
    }

    /** For people: from the client's directory on. */
    String path(Place place) {
        if (place.parent() == root) {
            return place.name();
        }
        for (Place each : places()) {
            if (at(each) == place.parent()) {
                return path(each) + "/" + place.name();
            }
        }
        return "(gone)/" + place.name();
    }
}
