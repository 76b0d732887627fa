package io.poolfs.mount;

import io.poolfs.mount.session.Transport;

class KernelMountTest extends MountSuite {
    KernelMountTest() {
        super(Transport.KERNEL);
    }
}
