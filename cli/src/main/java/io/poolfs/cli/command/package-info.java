/** One class per command: options, the call to the pool, and how the answer is shown. */
@NullMarked
package io.poolfs.cli.command;

import org.jspecify.annotations.NullMarked;
