/**
 * What the transports have in common: the settings of a mount, what it shows of an inode, the meaning of flags that the
 * kernel passes through, and the log of failures. Knows neither libfuse nor the kernel's protocol.
 */
@NullMarked
package io.poolfs.mount.session;

import org.jspecify.annotations.NullMarked;
