package io.poolfs.core.sim.engine;

import io.poolfs.core.fs.PoolFileSystem;
import io.poolfs.core.journal.HostIdentity;
import io.poolfs.core.local.LocalFile;
import io.poolfs.core.local.LocalFiles;
import io.poolfs.core.model.PoolException;
import io.poolfs.core.remote.RemoteStore;
import io.poolfs.core.remote.SimBucket;
import io.poolfs.core.time.Scheduler;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import java.util.OptionalLong;

/** What the simulation must find. The seed is one whose story of the usual length does. */
enum DeliberateBug implements Bug {
    /** A chunk is acknowledged, and arrives half a minute later if the process lives. */
    ACKNOWLEDGE_BEFORE_UPLOAD {
        @Override
        public RemoteStore remote(RemoteStore remote, SimBucket bucket, LocalFiles files, Scheduler scheduler) {
            return arrivingLater(remote, bucket, files, scheduler, Pools.DATA + "/");
        }
    },
    /** Some chunk of a file never leaves, and nobody misses it. */
    COMMIT_BEFORE_THE_LAST_CHUNK {
        @Override
        public RemoteStore remote(RemoteStore remote, SimBucket bucket, LocalFiles files, Scheduler scheduler) {
            return new PassingStore(remote) {
                private int puts;

                @Override
                public void put(String object, Path source, long sizeBytes) throws PoolException {
                    if (!object.startsWith(Pools.DATA) || ++puts % 9 != 0) {
                        super.put(object, source, sizeBytes);
                    }
                }
            };
        }
    },
    /** What a truncate cut off, or a write replaced, of what was uploaded ahead stays part of the file. */
    FORGET_A_HOLE_ON_TRUNCATE {
        @Override
        public boolean drops(byte[] key, boolean deletion, List<SimBucket> buckets) {
            return deletion && key[0] == 'P';
        }
    },
    /** A chunk is deleted when its last use goes, not when nobody can need that use any more. */
    DELETE_A_CHUNK_ONE_STEP_EARLY {
        @Override
        public boolean drops(byte[] key, boolean deletion, List<SimBucket> buckets) {
            if (!deletion && key[0] == 'g') {
                String chunk = HexFormat.of().formatHex(key, key.length - 16, key.length);
                buckets.forEach(bucket -> bucket.remove(Pools.DATA + "/" + chunk.substring(0, 2) + "/" + chunk));
            }
            return false;
        }
    },
    /** Segments arrive in another order than they were acknowledged in. */
    SHIP_OUT_OF_ORDER {
        @Override
        public RemoteStore remote(RemoteStore remote, SimBucket bucket, LocalFiles files, Scheduler scheduler) {
            return arrivingLater(remote, bucket, files, scheduler, Pools.MANIFESTS + "/journal/");
        }
    },
    /** Journal and segments are not synced before anyone hears of them. */
    FORGET_TO_SYNC_THE_JOURNAL {
        @Override
        public LocalFiles files(LocalFiles files) {
            return new PassingFiles(files) {
                @Override
                LocalFile opened(LocalFile file) {
                    return new PassingFile(file) {
                        @Override
                        public void sync() throws PoolException {
                            if (!file.path().toString().contains("/state/journal/")) {
                                super.sync();
                            }
                        }
                    };
                }

                @Override
                public void syncDirectory(Path directory) throws PoolException {
                    if (!directory.endsWith("journal") && !directory.endsWith("segments")) {
                        super.syncDirectory(directory);
                    }
                }
            };
        }
    },
    /** Nobody looks whether the right to write was taken away. */
    IGNORE_THE_FENCE {
        @Override
        public RemoteStore remote(RemoteStore remote, SimBucket bucket, LocalFiles files, Scheduler scheduler) {
            return new PassingStore(remote) {
                @Override
                public OptionalLong size(String object) throws PoolException {
                    return object.matches(".*/epoch/[0-9]+") ? OptionalLong.empty() : super.size(object);
                }
            };
        }
    },
    /** What a power loss may have torn is taken for whole. */
    TRUST_THE_STORE_AFTER_A_POWER_LOSS {
        @Override
        public HostIdentity identity(HostIdentity identity) {
            return new HostIdentity(
                    identity.host(), identity.machine(), "always the same", identity.pid(), identity.pids());
        }
    },
    /** A sidecar is not written each time. */
    FORGET_A_DIRTY_MARK {
        @Override
        public LocalFiles files(LocalFiles files) {
            return new PassingFiles(files) {
                private int writes;

                @Override
                LocalFile opened(LocalFile file) {
                    return new PassingFile(file) {
                        @Override
                        public void write(long offset, ByteBuffer src) throws PoolException {
                            if (path().toString().endsWith(".map") && offset > 0 && ++writes % 5 == 0) {
                                src.position(src.limit());
                            } else {
                                super.write(offset, src);
                            }
                        }
                    };
                }
            };
        }
    },
    /** A file that becomes shorter keeps its bytes. */
    LEAVE_BYTES_BEHIND_THE_END {
        @Override
        public LocalFiles files(LocalFiles files) {
            return new PassingFiles(files) {
                @Override
                LocalFile opened(LocalFile file) {
                    return new PassingFile(file) {
                        @Override
                        public void truncate(long sizeBytes) throws PoolException {
                            if (!path().toString().contains("/images/")) {
                                super.truncate(sizeBytes);
                            }
                        }
                    };
                }
            };
        }
    },
    /** fsync returns when the content is on its way. */
    ACKNOWLEDGE_AN_FSYNC_AT_ONCE {
        @Override
        public void sync(PoolFileSystem fs, long handle) throws PoolException {
            fs.flush(handle);
        }
    },
    /** What a new file displaces has no way back to its name. */
    FORGET_WHAT_IS_DISPLACED {
        @Override
        public boolean drops(byte[] key, boolean deletion, List<SimBucket> buckets) {
            return !deletion && (key[0] == 'r' || key[0] == 'h');
        }
    };

    private static RemoteStore arrivingLater(
            RemoteStore remote, SimBucket bucket, LocalFiles files, Scheduler scheduler, String prefix) {
        return new PassingStore(remote) {
            private int puts;

            @Override
            public void put(String object, Path source, long sizeBytes) throws PoolException {
                if (!object.startsWith(prefix) || ++puts % 2 == 0) {
                    super.put(object, source, sizeBytes);
                    return;
                }
                byte[] bytes = files.readAll(source, Integer.MAX_VALUE);
                scheduler.startLater(Duration.ofSeconds(30), "late " + object, () -> bucket.plant(object, bytes));
            }
        };
    }
}
