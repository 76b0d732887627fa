/** A complete file system in memory with the right answers: what the mount's own tests mount. */
@NullMarked
package io.poolfs.mount.memory;

import org.jspecify.annotations.NullMarked;
