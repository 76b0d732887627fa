package io.poolfs.core.cache;

import io.poolfs.core.local.LocalFile;
import io.poolfs.core.local.LocalFiles;
import io.poolfs.core.model.PoolException;
import io.poolfs.core.model.Reason;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicLong;

/** Files on a file system that says it is full as long as the images hold more than so many bytes. */
final class FullableFiles {
    /** Writes that would bring the bytes of all data files above this fail. */
    final AtomicLong limitBytes = new AtomicLong(Long.MAX_VALUE);

    private final AtomicLong usedBytes = new AtomicLong();

    LocalFiles over(LocalFiles files) {
        return (LocalFiles) Proxy.newProxyInstance(
                LocalFiles.class.getClassLoader(), new Class<?>[] {LocalFiles.class}, (self, method, arguments) -> {
                    try {
                        if (method.getName().equals("delete")) {
                            forget(files, (Path) arguments[0]);
                        }
                        Object result = method.invoke(files, arguments);
                        return method.getName().equals("open") ? watch((LocalFile) result) : result;
                    } catch (InvocationTargetException e) {
                        throw e.getCause();
                    }
                });
    }

    private void forget(LocalFiles files, Path path) throws PoolException {
        if (files.exists(path)) {
            try (LocalFile file = files.open(path, LocalFiles.Mode.READ)) {
                usedBytes.addAndGet(-file.allocatedBytes());
            }
        }
    }

    private LocalFile watch(LocalFile file) {
        return (LocalFile) Proxy.newProxyInstance(
                LocalFile.class.getClassLoader(), new Class<?>[] {LocalFile.class}, (self, method, arguments) -> {
                    long before = file.allocatedBytes();
                    if (method.getName().equals("write")
                            && usedBytes.get() + ((ByteBuffer) arguments[1]).remaining() > limitBytes.get()) {
                        throw new PoolException(Reason.NO_SPACE, "no space left for " + file.path());
                    }
                    try {
                        return method.invoke(file, arguments);
                    } catch (InvocationTargetException e) {
                        throw e.getCause();
                    } finally {
                        if (!method.getName().equals("close")) {
                            usedBytes.addAndGet(file.allocatedBytes() - before);
                        }
                    }
                });
    }
}
