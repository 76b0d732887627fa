package io.poolfs.core.fs;

import io.poolfs.core.cache.Image;
import io.poolfs.core.model.PoolException;
import io.poolfs.core.stage.Stager;
import io.poolfs.core.time.Scheduler;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The images whose files the kernel reads without asking. Usable from any thread. */
final class Loans {
    private static final Logger LOG = LoggerFactory.getLogger(Loans.class);

    private final Stager stager;
    private final Scheduler scheduler;
    private final Duration timeout;
    private final Map<Long, Loan> loans = new ConcurrentHashMap<>();

    private record Loan(Image image, boolean returned) {}

    Loans(Stager stager, Scheduler scheduler, Duration timeout) {
        this.stager = stager;
        this.scheduler = scheduler;
        this.timeout = timeout;
    }

    /** Null when the image cannot be lent. */
    @Nullable
    Path lend(Image image) throws PoolException {
        Path path = image.lend();
        if (path != null) {
            loans.put(image.inode(), new Loan(image, false));
        }
        return path;
    }

    boolean isSuspect(Image image) {
        return !loans.isEmpty() && loans.containsKey(image.inode()) && image.isSuspect();
    }

    /** What was changed unseen becomes content to be committed. */
    void recheck(Image image) throws PoolException {
        if (isSuspect(image) && image.recheck(scheduler.clock().wallNanos(), scheduler.deadlineAfter(timeout))) {
            stager.modified(image);
        }
    }

    void returned(long inode) {
        loans.computeIfPresent(inode, (key, loan) -> new Loan(loan.image(), true));
        tend(inode);
    }

    /** Looks after all; returns whether some are left. */
    boolean tend() {
        loans.keySet().forEach(this::tend);
        return !loans.isEmpty();
    }

    private void tend(long inode) {
        Loan loan = loans.get(inode);
        if (loan == null) {
            return;
        }
        try {
            recheck(loan.image());
            boolean suspect = loan.image().isSuspect();
            if (loan.returned()
                    && loan.image().endLoan(scheduler.clock().wallNanos(), scheduler.deadlineAfter(timeout))) {
                loans.remove(inode, loan);
                if (suspect && loan.image().content().modified()) {
                    stager.modified(loan.image());
                    stager.closed(inode);
                }
            }
        } catch (PoolException e) {
            LOG.warn("the lent image of inode {} could not be looked after: {}", inode, e.getMessage());
        }
    }
}
