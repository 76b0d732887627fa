package io.poolfs.mount;

import io.poolfs.mount.session.Transport;

class KernelPosixTest extends MemoryPosixSuite {
    KernelPosixTest() {
        super(Transport.KERNEL);
    }
}
