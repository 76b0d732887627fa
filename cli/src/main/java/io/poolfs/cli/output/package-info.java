/** How results and progress reach a person or a program: JSON, tables, bars on a terminal, plain lines otherwise. */
@NullMarked
package io.poolfs.cli.output;

import org.jspecify.annotations.NullMarked;
