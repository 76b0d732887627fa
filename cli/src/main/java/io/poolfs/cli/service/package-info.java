/**
 * What commands ask of a pool, and the answer over an opened one: {@link io.poolfs.cli.service.PoolService}. The same
 * interface is served by a running daemon through its socket and by a pool that the command opened itself.
 */
@NullMarked
package io.poolfs.cli.service;

import org.jspecify.annotations.NullMarked;
