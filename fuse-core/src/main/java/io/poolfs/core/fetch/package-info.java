/**
 * Read-ahead and single-flight range fetch from the remotes into images. Bytes land in a private buffer, are verified,
 * and go only into absent blocks of the same content version.
 *
 * <p>Uses {@code meta}, {@code cache}, {@code remote}, {@code model} and {@code time}.
 */
@NullMarked
package io.poolfs.core.fetch;

import org.jspecify.annotations.NullMarked;
