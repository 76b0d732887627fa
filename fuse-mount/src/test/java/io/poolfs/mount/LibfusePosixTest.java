package io.poolfs.mount;

import io.poolfs.mount.session.Transport;

class LibfusePosixTest extends MemoryPosixSuite {
    LibfusePosixTest() {
        super(Transport.JNR);
    }
}
