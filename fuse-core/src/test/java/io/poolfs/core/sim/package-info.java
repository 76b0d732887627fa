/** Worlds for tests: real and simulated schedulers, files and remotes in one bundle, and the seeded simulation. */
@NullMarked
package io.poolfs.core.sim;

import org.jspecify.annotations.NullMarked;
