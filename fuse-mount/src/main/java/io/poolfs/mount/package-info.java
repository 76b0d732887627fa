/** The FUSE front end: transports that drive the engine. */
@NullMarked
package io.poolfs.mount;

import org.jspecify.annotations.NullMarked;
