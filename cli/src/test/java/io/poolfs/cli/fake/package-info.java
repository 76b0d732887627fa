/** An opened pool without an engine: a file system in memory, and a stage whose upload the test controls. */
package io.poolfs.cli.fake;
