package io.poolfs.core.remote.crypt;

import io.poolfs.core.model.PoolException;
import io.poolfs.core.model.Reason;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import org.bouncycastle.crypto.engines.XSalsa20Engine;
import org.bouncycastle.crypto.macs.Poly1305;
import org.bouncycastle.crypto.params.KeyParameter;
import org.bouncycastle.crypto.params.ParametersWithIV;

/** Opens blocks of encrypted objects: NaCl's secretbox. Usable from any thread. */
public final class CryptBlocks {
    private final KeyParameter key;

    public CryptBlocks(CryptKey key) {
        this.key = new KeyParameter(key.bytes());
    }

    /**
     * Decrypts consecutive blocks and gives the plain bytes from the offset on, until dst is full.
     *
     * @param sealed the blocks from {@code firstBlock} on; only the object's last may be shorter than the others
     * @param offset in the plain object, in the first block
     * @throws PoolException CORRUPT when a block is not authentic, or they end before dst is full
     */
    public void open(CryptNonce nonce, long firstBlock, ByteBuffer sealed, long offset, ByteBuffer dst)
            throws PoolException {
        byte[] box = new byte[CryptLayout.SEALED_BLOCK_BYTES];
        int skip = (int) (offset - firstBlock * CryptLayout.BLOCK_BYTES);
        for (long block = firstBlock; dst.hasRemaining(); block++) {
            int length = Math.min(sealed.remaining(), box.length);
            int plain = length - CryptLayout.SEAL_BYTES;
            if (plain <= skip) {
                throw new PoolException(
                        Reason.CORRUPT, "it ends " + dst.remaining() + " bytes early, in block " + block);
            }
            sealed.get(box, 0, length);
            if (!decrypt(nonce.of(block), box, length)) {
                throw new PoolException(Reason.CORRUPT, "block " + block + " is not authentic");
            }
            dst.put(box, CryptLayout.SEAL_BYTES + skip, Math.min(plain - skip, dst.remaining()));
            skip = 0;
        }
    }

    /** In place; false when the seal is not that of these bytes. */
    private boolean decrypt(byte[] nonce, byte[] box, int length) {
        XSalsa20Engine cipher = new XSalsa20Engine();
        cipher.init(false, new ParametersWithIV(key, nonce));
        byte[] sealKey = new byte[CryptKey.BYTES];
        cipher.processBytes(sealKey, 0, sealKey.length, sealKey, 0);
        Poly1305 seal = new Poly1305();
        seal.init(new KeyParameter(sealKey));
        seal.update(box, CryptLayout.SEAL_BYTES, length - CryptLayout.SEAL_BYTES);
        byte[] expected = new byte[CryptLayout.SEAL_BYTES];
        seal.doFinal(expected, 0);
        byte[] found = java.util.Arrays.copyOf(box, CryptLayout.SEAL_BYTES);
        if (!MessageDigest.isEqual(expected, found)) {
            return false;
        }
        cipher.processBytes(box, CryptLayout.SEAL_BYTES, length - CryptLayout.SEAL_BYTES, box, CryptLayout.SEAL_BYTES);
        return true;
    }
}
