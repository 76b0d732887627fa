package io.poolfs.mount;

import io.poolfs.mount.session.Transport;

class LibfuseRequestsTest extends RequestsSuite {
    LibfuseRequestsTest() {
        super(Transport.JNR, 128 * 1024);
    }
}
