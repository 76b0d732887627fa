package io.poolfs.core.placement;

/**
 * The part of the configuration that placement follows.
 *
 * @param slackBytes ({@code balance_slack}) a remote that would be at most this far ahead of the best after taking the
 *     chunk is as good as the best
 * @param keepFileTogether ({@code spread: file}) a file stays on the remote that has its first chunk while it fits
 */
public record PlacementRule(Balance balance, long slackBytes, boolean keepFileTogether) {
    public PlacementRule {
        if (slackBytes < 0) {
            throw new IllegalArgumentException("slack of " + slackBytes + " bytes");
        }
    }
}
