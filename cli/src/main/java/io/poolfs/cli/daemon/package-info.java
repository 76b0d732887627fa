/** The process that keeps a pool mounted: its start, its life, its end, and its log. */
@NullMarked
package io.poolfs.cli.daemon;

import org.jspecify.annotations.NullMarked;
