/** Programs that {@code scripts/bench} runs beside the product; no tests. */
@NullMarked
package io.poolfs.it.bench;

import org.jspecify.annotations.NullMarked;
