package io.poolfs.core.model;

/**
 * A run of a file and where its bytes lie. An overwrite of a part of the file narrows an extent, never its piece, so
 * the hash stays checkable: the extent is the piece's bytes from {@code skipBytes} on.
 *
 * @param fileOffset where in the file it starts
 * @param lengthBytes its length, at least 1
 * @param piece the hashed run of a chunk that holds it
 * @param skipBytes bytes of the piece before this extent's first byte
 */
public record Extent(long fileOffset, long lengthBytes, Piece piece, long skipBytes) {
    public Extent {
        if (fileOffset < 0
                || lengthBytes < 1
                || skipBytes < 0
                || skipBytes > piece.lengthBytes() - lengthBytes
                || fileOffset > Long.MAX_VALUE - lengthBytes) {
            throw new IllegalArgumentException("extent " + fileOffset + "+" + lengthBytes + " skip " + skipBytes
                    + " of a piece of " + piece.lengthBytes());
        }
    }

    public long fileEnd() {
        return fileOffset + lengthBytes;
    }

    /** Where in the chunk this extent's first byte lies. */
    public long chunkOffset() {
        return piece.offset() + skipBytes;
    }

    public ByteRange fileRange() {
        return new ByteRange(fileOffset, lengthBytes);
    }

    /** The part of this extent inside the file range [start, end), which must overlap it. */
    public Extent narrow(long start, long end) {
        long from = Math.max(start, fileOffset);
        long to = Math.min(end, fileEnd());
        return new Extent(from, to - from, piece, skipBytes + from - fileOffset);
    }
}
