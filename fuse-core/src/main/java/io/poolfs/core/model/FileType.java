package io.poolfs.core.model;

/** The type bits of a mode, as in {@code stat(2)}. */
public enum FileType {
    FIFO(0x1000, "fifo"),
    CHARACTER_DEVICE(0x2000, "chr"),
    DIRECTORY(0x4000, "dir"),
    BLOCK_DEVICE(0x6000, "blk"),
    REGULAR(0x8000, "file"),
    SYMLINK(0xa000, "symlink"),
    SOCKET(0xc000, "sock");

    /** The part of a mode that holds the type. */
    public static final int MASK = 0xf000;

    private final int modeBits;
    private final String word;

    FileType(int modeBits, String word) {
        this.modeBits = modeBits;
        this.word = word;
    }

    public int modeBits() {
        return modeBits;
    }

    /** The word that the formats use. */
    public String word() {
        return word;
    }

    public static FileType ofMode(int mode) throws PoolException {
        for (FileType type : values()) {
            if (type.modeBits == (mode & MASK)) {
                return type;
            }
        }
        throw new PoolException(Reason.INVALID, "no file type in mode 0" + Integer.toOctalString(mode));
    }
}
