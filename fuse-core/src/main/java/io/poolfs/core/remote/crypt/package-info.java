/**
 * The format of rclone's crypt, as far as reading takes it: keys from passwords, the order of an object's blocks, and
 * their decryption (XSalsa20 with Poly1305, 64 KiB each). Names are left to rclone. Secrets stay in memory.
 *
 * <p>Uses {@code model} only; the ciphers are Bouncy Castle's.
 */
@NullMarked
package io.poolfs.core.remote.crypt;

import org.jspecify.annotations.NullMarked;
