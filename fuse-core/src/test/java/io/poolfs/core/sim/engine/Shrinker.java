package io.poolfs.core.sim.engine;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Takes acts out of a story that fails as long as what is left fails in the same way. */
final class Shrinker {
    /** So many stories are told at most. */
    private final int limit;

    private final Bug bug;
    private int told;

    Shrinker(Bug bug, int limit) {
        this.bug = bug;
        this.limit = limit;
    }

    /** The shortest that was found. */
    StoryFailure shrink(StoryFailure failure) {
        StoryFailure best = failure;
        String kind = failure.kind();
        int part = Math.max(1, best.story().acts().size() / 2);
        while (part >= 1 && told < limit) {
            boolean shorter = false;
            for (int from = 0; from < best.story().acts().size() && told < limit; ) {
                List<Act> acts = new ArrayList<>(best.story().acts());
                acts.subList(from, Math.min(acts.size(), from + part)).clear();
                StoryFailure without = fails(new Story(best.story().seed(), List.copyOf(acts)));
                if (without != null && without.kind().equals(kind)) {
                    best = without;
                    shorter = true;
                } else {
                    from += part;
                }
            }
            if (!shorter || part > 1) {
                part /= 2;
            }
        }
        return best;
    }

    private @Nullable StoryFailure fails(Story story) {
        told++;
        try {
            EngineSimulation.tell(story, bug);
            return null;
        } catch (StoryFailure e) {
            return e;
        }
    }
}
