package io.poolfs.core.fs;

/**
 * What is read through the file system.
 *
 * @param readBytes since the pool was opened
 * @param openFiles handles that are open
 * @param readers those of them that were read in the last seconds
 */
public record ReadActivity(long readBytes, int openFiles, int readers) {}
