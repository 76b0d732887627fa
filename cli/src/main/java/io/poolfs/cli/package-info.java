/** The program's entrance. Commands are in {@code command}, the daemon in {@code daemon}; here they are wired together. */
@NullMarked
package io.poolfs.cli;

import org.jspecify.annotations.NullMarked;
