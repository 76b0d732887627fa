/** Small values that every part of the engine shares. Uses only the JDK. */
@NullMarked
package io.poolfs.core.model;

import org.jspecify.annotations.NullMarked;
