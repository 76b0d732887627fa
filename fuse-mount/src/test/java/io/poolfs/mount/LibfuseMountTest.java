package io.poolfs.mount;

import io.poolfs.mount.session.Transport;

class LibfuseMountTest extends MountSuite {
    LibfuseMountTest() {
        super(Transport.JNR);
    }
}
