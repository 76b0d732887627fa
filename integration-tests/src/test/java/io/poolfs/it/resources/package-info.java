/** What a pool takes of the machine it runs on, and what it does when there is no more of it. */
@NullMarked
package io.poolfs.it.resources;

import org.jspecify.annotations.NullMarked;
