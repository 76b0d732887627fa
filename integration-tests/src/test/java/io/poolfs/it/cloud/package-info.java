/**
 * Clouds in the test's own process: WebDAV servers that rclone's own backend talks to, with everything that a provider
 * can do wrong. What a cloud does may be changed while it runs.
 */
@NullMarked
package io.poolfs.it.cloud;

import org.jspecify.annotations.NullMarked;
