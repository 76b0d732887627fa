package io.poolfs.core.cache;

import io.poolfs.core.fuzz.FuzzTarget;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.zip.CRC32C;

/** The header beside an image, as a target. */
public final class CacheFuzz {
    private static final int CHECKED = ImageHeader.BYTES - Integer.BYTES;

    private CacheFuzz() {}

    public static List<FuzzTarget> targets() {
        ByteBuffer header = ByteBuffer.allocate(ImageHeader.BYTES);
        new ImageHeader(7, 1, 5000, 4096, 3, 4, 5L, true, 2, 4096, true, ImageHeader.Loan.NONE, 0, 1).write(header);
        return List.of(FuzzTarget.ofDamage("headers of images", List.of(header.array()), input -> {
            ImageHeader unused = ImageHeader.read(7, ByteBuffer.wrap(input));
            if (input.length >= ImageHeader.BYTES) {
                CRC32C crc = new CRC32C();
                crc.update(input, 0, CHECKED);
                ByteBuffer sealed = ByteBuffer.wrap(input).putInt(CHECKED, (int) crc.getValue());
                ImageHeader read = ImageHeader.read(7, sealed);
                if (read != null && read.inode() != 7) {
                    throw new AssertionError("of another inode: " + read);
                }
            }
        }));
    }
}
