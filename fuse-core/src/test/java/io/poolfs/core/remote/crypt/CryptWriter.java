package io.poolfs.core.remote.crypt;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import org.bouncycastle.crypto.engines.XSalsa20Engine;
import org.bouncycastle.crypto.macs.Poly1305;
import org.bouncycastle.crypto.params.KeyParameter;
import org.bouncycastle.crypto.params.ParametersWithIV;

/** Makes encrypted objects as rclone does: what we take for its format, it must be able to read. */
public final class CryptWriter {
    private CryptWriter() {}

    /** @param nonce 24 bytes, never used before with this key */
    public static byte[] seal(CryptKey key, byte[] nonce, byte[] plain) throws Exception {
        ByteArrayOutputStream object = new ByteArrayOutputStream();
        object.write("RCLONE\0\0".getBytes(StandardCharsets.US_ASCII));
        object.write(nonce);
        CryptNonce numbers = CryptNonce.ofHeader(object.toByteArray());
        for (int block = 0; block * CryptLayout.BLOCK_BYTES < plain.length; block++) {
            int from = block * CryptLayout.BLOCK_BYTES;
            int length = Math.min(CryptLayout.BLOCK_BYTES, plain.length - from);
            XSalsa20Engine cipher = new XSalsa20Engine();
            cipher.init(true, new ParametersWithIV(new KeyParameter(key.bytes()), numbers.of(block)));
            byte[] sealKey = new byte[CryptKey.BYTES];
            cipher.processBytes(sealKey, 0, sealKey.length, sealKey, 0);
            byte[] secret = new byte[length];
            cipher.processBytes(plain, from, length, secret, 0);
            Poly1305 seal = new Poly1305();
            seal.init(new KeyParameter(sealKey));
            seal.update(secret, 0, length);
            byte[] tag = new byte[CryptLayout.SEAL_BYTES];
            seal.doFinal(tag, 0);
            object.write(tag);
            object.write(secret);
        }
        return object.toByteArray();
    }
}
