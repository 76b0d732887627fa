package io.poolfs.core.fs;

import io.poolfs.core.cache.Images;
import io.poolfs.core.fs.PoolFileSystem.XattrMode;
import io.poolfs.core.fuzz.FuzzTarget;
import io.poolfs.core.meta.MetadataFixture;
import io.poolfs.core.model.Inode;
import io.poolfs.core.model.PoolException;
import io.poolfs.core.model.Reason;
import java.lang.reflect.Proxy;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Set;

/** Extended attributes, as a target: the first byte is the length of the name. */
public final class XattrFuzz {
    /** Nothing is open. */
    private static final Images NO_IMAGES = (Images) Proxy.newProxyInstance(
            XattrFuzz.class.getClassLoader(), new Class<?>[] {Images.class}, (proxy, method, arguments) -> null);

    private XattrFuzz() {}

    public static List<FuzzTarget> targets() {
        return List.of(new FuzzTarget(
                "extended attributes",
                List.of(bytes("user.abc", "value"), bytes("trusted.overlay", ""), bytes("user.x", "\0\1\2")),
                Set.of(
                        Reason.INVALID,
                        Reason.RESULT_TOO_LARGE,
                        Reason.UNSUPPORTED,
                        Reason.NOT_PERMITTED,
                        Reason.NO_ATTRIBUTE,
                        Reason.EXISTS),
                32 * FuzzTarget.MIB,
                20,
                XattrFuzz::use));
    }

    private static void use(byte[] input) throws PoolException {
        if (input.length == 0) {
            return;
        }
        int length = Math.min(input[0] & 0xff, input.length - 1);
        byte[] name = Arrays.copyOfRange(input, 1, 1 + length);
        byte[] value = Arrays.copyOfRange(input, 1 + length, input.length);
        try (MetadataFixture pool = new MetadataFixture()) {
            FileReport report = new FileReport(pool.metadata, NO_IMAGES, String::valueOf);
            Xattrs xattrs = new Xattrs(pool.metadata, report);
            xattrs.set(null, Inode.ROOT, name, value, XattrMode.CREATE);
            if (!Arrays.equals(xattrs.get(Inode.ROOT, name), value)
                    || xattrs.list(Inode.ROOT).size() != 1) {
                throw new AssertionError("another value");
            }
            xattrs.set(null, Inode.ROOT, name, new byte[0], XattrMode.REPLACE);
            xattrs.remove(null, Inode.ROOT, name);
        }
    }

    private static byte[] bytes(String name, String value) {
        byte[] all = ("_" + name + value).getBytes(StandardCharsets.UTF_8);
        all[0] = (byte) name.length();
        return all;
    }
}
