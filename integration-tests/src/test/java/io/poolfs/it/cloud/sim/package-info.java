/** The clouds as a program: {@code scripts/cloudsim}. It needs nothing but the JDK. */
@NullMarked
package io.poolfs.it.cloud.sim;

import org.jspecify.annotations.NullMarked;
