/**
 * The seeded simulation of a whole pool: clients on its file system over simulated machines and remotes, everything that
 * can go wrong, and the checks of what the pool promises.
 */
@NullMarked
package io.poolfs.core.sim.engine;

import org.jspecify.annotations.NullMarked;
