package io.poolfs.core.remote.rclone;

import static org.assertj.core.api.Assertions.assertThat;

import io.poolfs.core.model.Reason;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Texts as backends of rclone say them. */
class RcloneErrorsTest {
    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            CONFIG | didn't find backend called "mega"
            CONFIG | failed to make Fs: didn't find section in config file
            OBJECT_NOT_FOUND | failed to find object: object not found
            OBJECT_NOT_FOUND | error in ListJSON: directory not found
            REMOTE_DENIED | googleapi: Error 403: Insufficient Permission: forbidden, insufficientPermissions
            REMOTE_DENIED | 401 Unauthorized: 401 Unauthorized
            REMOTE_DENIED | couldn't list files: oauth2: cannot fetch token: 400 Bad Request invalid_grant
            REMOTE_DENIED | open /x: permission denied
            REMOTE_DENIED | ssh: handshake failed: ssh: unable to authenticate, attempted methods [none password]
            REMOTE_THROTTLED | googleapi: Error 403: User Rate Limit Exceeded. Rate of requests for user exceed, userRateLimitExceeded
            REMOTE_THROTTLED | googleapi: Error 403: Quota exceeded for quota metric 'Queries' and limit 'Queries per minute' rateLimitExceeded
            REMOTE_THROTTLED | too_many_requests/: 429 Too Many Requests
            REMOTE_THROTTLED | SlowDown: Please reduce your request rate. status code: 503
            REMOTE_FULL | googleapi: Error 403: The user's Drive storage quota has been exceeded., storageQuotaExceeded
            REMOTE_FULL | Insufficient Storage: 507 Insufficient Storage
            REMOTE_FULL | write /mnt/disk/x: no space left on device
            REMOTE_FULL | upload failed: path/insufficient_space/..
            REMOTE_FULL | Object (typically, node or user) over quota
            REMOTE_FULL | quotaLimitReached: Insufficient Space Available
            CORRUPT | failed to authenticate decrypted block - bad password?
            CORRUPT | not an encrypted file - bad magic string
            CORRUPT | corrupted on transfer: sizes differ 100 vs 99
            REMOTE_UNAVAILABLE | Propfind "http://127.0.0.1:507/403/429": dial tcp 127.0.0.1:1: connect: connection refused
            REMOTE_UNAVAILABLE | dial tcp: lookup nowhere.invalid: no such host
            REMOTE_UNAVAILABLE | net/http: TLS handshake timeout
            REMOTE_UNAVAILABLE | 500 Internal Server Error
            REMOTE_UNAVAILABLE | failed to make Fs: dial tcp 10.0.0.1:22: i/o timeout
            """)
    void reason_textOfABackend_isRecognised(Reason reason, String text) {
        assertThat(RcloneErrors.reason(text, "")).isEqualTo(reason);
    }

    @Test
    void reason_numbersInTheObjectsName_doNotCount() {
        String object = "poolfs_manifests/journal/507 insufficient/429 too";
        assertThat(RcloneErrors.reason(object + ": unexpected EOF", object)).isEqualTo(Reason.REMOTE_UNAVAILABLE);
    }

    @Test
    void advice_missingBackend_namesTheWayOut() {
        assertThat(RcloneErrors.advice("didn't find backend called \"mega\"")).contains("rclone.org", "rclone_binary");
    }
}
