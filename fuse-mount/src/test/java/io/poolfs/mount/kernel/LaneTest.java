package io.poolfs.mount.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.junit.jupiter.api.Test;

class LaneTest {
    private static final int BODY = 1000;

    private final Lane lane = new Lane(2, 2 * BODY);

    @Test
    void enterOrHold_holdsNoMoreThanItMay() {
        assertThat(lane.enterOrHold(request(1, BODY))).isTrue();
        assertThat(lane.enterOrHold(request(2, BODY))).isTrue();
        assertThat(lane.enterOrHold(request(3, BODY))).isFalse();
        assertThat(lane.enterOrHold(request(4, BODY))).isFalse();
        assertThat(lane.enterOrHold(request(5, BODY))).as("what cannot be held").isTrue();

        assertThat(lane.leave()).isEqualTo(request(3, BODY).copy());
        assertThat(lane.enterOrHold(request(6, BODY)))
                .as("held in the room of 3")
                .isFalse();
    }

    @Test
    void leave_takesUpWhatIsHeldInOrder_thenLetsOthersIn() {
        lane.enter();
        lane.enter();
        lane.enterOrHold(request(3, 100));
        lane.enterOrHold(request(4, 200));

        assertThat(lane.leave()).isEqualTo(request(3, 100).copy());
        assertThat(lane.leave()).isEqualTo(request(4, 200).copy());
        assertThat(lane.enter()).isFalse();
        assertThat(lane.leave()).isNull();
        assertThat(lane.enter()).isTrue();
    }

    private static Request request(long unique, int length) {
        ByteBuffer bytes = ByteBuffer.allocate(length).order(ByteOrder.nativeOrder());
        bytes.putInt(Abi.InHeader.LEN, length).putLong(Abi.InHeader.UNIQUE, unique);
        Request request = new Request(bytes);
        assertThat(request.received(length)).isTrue();
        return request;
    }
}
