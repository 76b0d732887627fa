package io.poolfs.mount.kernel;

import io.poolfs.core.fs.Errnos;
import io.poolfs.core.fs.PoolFileSystem;
import io.poolfs.core.model.PoolException;
import io.poolfs.mount.session.FailureLog;
import java.util.BitSet;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Which operation serves which request. Whatever happens, each request is answered exactly once. */
final class Dispatcher {
    private static final Logger LOG = LoggerFactory.getLogger(Dispatcher.class);
    private static final int KNOWN_OPCODES = 256;

    private final FailureLog failures = new FailureLog();
    private final NameOperations names;
    private final AttributeOperations attributes;
    private final FileOperations files;
    private final DirectoryOperations directories;
    private final XattrOperations xattrs;
    private final Negotiation negotiation;
    private final Passthrough passthrough;
    private final BitSet told = new BitSet();

    Dispatcher(
            PoolFileSystem fs,
            Notifications notifications,
            Barrier barrier,
            Negotiation negotiation,
            Passthrough passthrough) {
        this.negotiation = negotiation;
        this.passthrough = passthrough;
        names = new NameOperations(fs);
        attributes = new AttributeOperations(fs);
        files = new FileOperations(fs, new SetIdBits(fs, notifications), negotiation, passthrough);
        directories = new DirectoryOperations(fs, barrier);
        xattrs = new XattrOperations(fs);
    }

    FileOperations files() {
        return files;
    }

    void dispatch(Request request, Reply reply) {
        reply.begin(request.unique());
        int errno;
        try {
            route(request, reply);
            return;
        } catch (PoolException e) {
            failures.failed(name(request), request.node(), e);
            errno = Errnos.of(e.reason());
        } catch (Throwable e) {
            failures.broke(name(request), request.node(), e);
            errno = Errnos.EIO;
        }
        if (!reply.isSent()) {
            reply.error(errno);
        }
    }

    private void route(Request request, Reply reply) throws PoolException {
        switch (request.opcode()) {
            case Abi.Opcode.LOOKUP -> names.lookup(request, reply);
            case Abi.Opcode.GETATTR -> attributes.get(request, reply);
            case Abi.Opcode.READ -> files.read(request, reply);
            case Abi.Opcode.WRITE -> files.write(request, reply);
            case Abi.Opcode.CREATE -> files.create(request, reply);
            case Abi.Opcode.OPEN -> files.open(request, reply);
            case Abi.Opcode.FLUSH -> files.flush(request, reply);
            case Abi.Opcode.RELEASE -> files.release(request, reply);
            case Abi.Opcode.FSYNC -> files.sync(request, reply);
            case Abi.Opcode.FALLOCATE -> files.allocate(request, reply);
            case Abi.Opcode.LSEEK -> files.seek(request, reply);
            case Abi.Opcode.COPY_FILE_RANGE -> files.copyRange(request, reply);
            case Abi.Opcode.SETATTR -> attributes.set(request, reply);
            case Abi.Opcode.STATFS -> attributes.space(request, reply);
            case Abi.Opcode.GETXATTR -> xattrs.get(request, reply);
            case Abi.Opcode.SETXATTR -> xattrs.set(request, reply);
            case Abi.Opcode.LISTXATTR -> xattrs.list(request, reply);
            case Abi.Opcode.REMOVEXATTR -> xattrs.remove(request, reply);
            case Abi.Opcode.OPENDIR -> directories.open(request, reply);
            case Abi.Opcode.READDIR -> directories.read(request, reply);
            case Abi.Opcode.READDIRPLUS -> directories.readWithAttributes(request, reply);
            case Abi.Opcode.RELEASEDIR -> directories.release(request, reply);
            case Abi.Opcode.FSYNCDIR -> directories.sync(request, reply);
            case Abi.Opcode.MKNOD -> names.makeNode(request, reply);
            case Abi.Opcode.MKDIR -> names.makeDirectory(request, reply);
            case Abi.Opcode.SYMLINK -> names.makeSymlink(request, reply);
            case Abi.Opcode.READLINK -> names.readLink(request, reply);
            case Abi.Opcode.LINK -> names.link(request, reply);
            case Abi.Opcode.UNLINK -> names.unlink(request, reply);
            case Abi.Opcode.RMDIR -> names.removeDirectory(request, reply);
            case Abi.Opcode.RENAME -> names.rename(request, reply);
            case Abi.Opcode.RENAME2 -> names.renameWithFlags(request, reply);
            // The pool does not count who knows an inode: what is open is held by its handle.
            case Abi.Opcode.FORGET, Abi.Opcode.BATCH_FORGET -> reply.none();
            case Abi.Opcode.INIT -> begin(request, reply);
            case Abi.Opcode.DESTROY -> reply.ok();
            case Abi.Opcode.IOCTL -> reply.error(Errnos.ENOTTY);
            default -> refuse(request, reply);
        }
    }

    private void begin(Request request, Reply reply) throws PoolException {
        negotiation.answer(request, reply);
        if (negotiation.has(Abi.Capability.PASSTHROUGH)) {
            passthrough.enable();
        }
    }

    /** The kernel does without most of what a server does not know, and asks for it only once. */
    private void refuse(Request request, Reply reply) {
        int opcode = request.opcode();
        synchronized (told) {
            int bit = opcode >= 0 && opcode < KNOWN_OPCODES ? opcode : KNOWN_OPCODES;
            if (!told.get(bit)) {
                told.set(bit);
                LOG.debug("request {} is not served", opcode);
            }
        }
        reply.error(Errnos.ENOSYS);
    }

    private static String name(Request request) {
        return switch (request.opcode()) {
            case Abi.Opcode.LOOKUP -> "lookup";
            case Abi.Opcode.GETATTR -> "getattr";
            case Abi.Opcode.SETATTR -> "setattr";
            case Abi.Opcode.READ -> "read";
            case Abi.Opcode.WRITE -> "write";
            case Abi.Opcode.CREATE -> "create";
            case Abi.Opcode.OPEN -> "open";
            case Abi.Opcode.FLUSH -> "flush";
            case Abi.Opcode.RELEASE -> "release";
            case Abi.Opcode.FSYNC -> "fsync";
            case Abi.Opcode.FALLOCATE -> "fallocate";
            case Abi.Opcode.LSEEK -> "lseek";
            case Abi.Opcode.COPY_FILE_RANGE -> "copy_file_range";
            case Abi.Opcode.UNLINK -> "unlink";
            case Abi.Opcode.RENAME, Abi.Opcode.RENAME2 -> "rename";
            default -> "request " + request.opcode();
        };
    }
}
