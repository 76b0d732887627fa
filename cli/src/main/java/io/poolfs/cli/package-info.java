/** The commands, and the only place that wires everything together. */
@NullMarked
package io.poolfs.cli;

import org.jspecify.annotations.NullMarked;
