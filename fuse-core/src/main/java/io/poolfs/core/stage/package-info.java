/**
 * The way of content to the remotes: dirty → sealed → uploaded → committed. Chunker, packer, uploader, admission, spill.
 *
 * <p>Uses {@code meta}, {@code journal}, {@code cache}, {@code placement}, {@code remote}, {@code local}, {@code model}
 * and {@code time}.
 */
@NullMarked
package io.poolfs.core.stage;

import org.jspecify.annotations.NullMarked;
