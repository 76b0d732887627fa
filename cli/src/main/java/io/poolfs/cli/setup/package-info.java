/** What makes pools and looks after their surroundings: init, attach, kit, check, import. */
@NullMarked
package io.poolfs.cli.setup;

import org.jspecify.annotations.NullMarked;
