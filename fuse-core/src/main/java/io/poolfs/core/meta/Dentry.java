package io.poolfs.core.meta;

import io.poolfs.core.model.FileName;

/** An entry of a directory. {@code typeBits}: the type part of the mode. */
public record Dentry(FileName name, long inode, int typeBits) {}
