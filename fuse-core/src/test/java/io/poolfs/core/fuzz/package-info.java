/**
 * Seeded mutation of everything that poolfs reads and did not just write itself. A target says what it reads and gives
 * whole examples; whatever is made of them is read, or refused with a typed error, in little time and memory.
 */
@NullMarked
package io.poolfs.core.fuzz;

import org.jspecify.annotations.NullMarked;
