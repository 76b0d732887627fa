/** The C library: calls that the JDK does not offer, and memory that C may use. */
@NullMarked
package io.poolfs.mount.system;

import org.jspecify.annotations.NullMarked;
