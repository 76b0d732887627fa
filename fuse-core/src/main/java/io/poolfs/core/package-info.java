/** The pool engine: no FUSE, no HTTP, no terminal. */
@NullMarked
package io.poolfs.core;

import org.jspecify.annotations.NullMarked;
