/**
 * Seeded random system calls on a mount and on a file system of the kernel's own, compared call by call and tree by
 * tree. {@link io.poolfs.it.model.ModelRun} is the way in.
 */
@NullMarked
package io.poolfs.it.model;

import org.jspecify.annotations.NullMarked;
