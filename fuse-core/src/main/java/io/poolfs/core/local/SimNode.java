package io.poolfs.core.local;

import io.poolfs.core.time.Randomness;
import java.util.ArrayDeque;
import java.util.Deque;

/** What a name in {@link SimFiles} stands for. Guarded by the {@link SimFiles} that it belongs to. */
abstract sealed class SimNode permits SimDirectory, SimNode.Regular {
    /** A file: its bytes as a reader sees them, those on the disk, and the changes between. */
    static final class Regular extends SimNode {
        private static final int SECTOR_BYTES = 512;

        /** More than this is written back, as a kernel does. */
        private static final int MAX_PENDING = 4096;

        private final SimMount mount;
        private final Deque<Change> pending = new ArrayDeque<>();
        private SimContent now = new SimContent();
        private SimContent durable = new SimContent();
        private int openCount;
        private boolean linked;

        Regular(SimMount mount) {
            this.mount = mount;
        }

        SimMount mount() {
            return mount;
        }

        SimContent content() {
            return now;
        }

        void change(Change change) {
            long before = now.allocatedBytes();
            change.applyTo(now);
            mount.use(now.allocatedBytes() - before);
            if (!mount.inMemory()) {
                pending.addLast(change);
                if (pending.size() > MAX_PENDING) {
                    pending.removeFirst().applyTo(durable);
                }
            }
        }

        void sync() {
            pending.forEach(change -> change.applyTo(durable));
            pending.clear();
        }

        /** As Linux has it: what a failed sync did not write is taken for written by the next one. */
        void failSync() {
            pending.clear();
        }

        void opened() {
            openCount++;
        }

        void closed() {
            openCount--;
            release();
        }

        void linked(boolean isLinked) {
            linked = isLinked;
            release();
        }

        /** After a crash no one has it open. */
        void closeAll() {
            openCount = 0;
            release();
        }

        /** The disk after a power loss: any part of what was not synced, in its order. */
        void losePower(Randomness random) {
            int kind = random.nextInt(4);
            for (Change change : pending) {
                int fate = kind < 2 ? kind : random.nextInt(3);
                if (fate == 1) {
                    change.applyTo(durable);
                } else if (fate == 2 && change instanceof Write write) {
                    tear(write, random);
                }
            }
            pending.clear();
            now = durable.copy();
            openCount = 0;
        }

        private void tear(Write write, Randomness random) {
            int done = 0;
            while (done < write.bytes.length) {
                long at = write.offset + done;
                int part = (int) Math.min(write.bytes.length - done, SECTOR_BYTES - at % SECTOR_BYTES);
                if (random.nextInt(2) == 0) {
                    durable.write(at, write.bytes, done, part);
                }
                done += part;
            }
        }

        private void release() {
            if (!linked && openCount <= 0 && now.allocatedBytes() > 0) {
                mount.use(-now.allocatedBytes());
                now = new SimContent();
                pending.clear();
            }
        }
    }

    /** A change of a file's bytes. */
    interface Change {
        void applyTo(SimContent content);
    }

    record Write(long offset, byte[] bytes) implements Change {
        @Override
        public void applyTo(SimContent content) {
            content.write(offset, bytes, 0, bytes.length);
        }
    }

    record Truncate(long sizeBytes) implements Change {
        @Override
        public void applyTo(SimContent content) {
            content.truncate(sizeBytes);
        }
    }

    record Punch(long offset, long lengthBytes) implements Change {
        @Override
        public void applyTo(SimContent content) {
            content.punch(offset, lengthBytes);
        }
    }
}
