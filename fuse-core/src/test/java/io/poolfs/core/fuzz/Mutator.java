package io.poolfs.core.fuzz;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Random;

/** Makes new inputs of whole ones. The same random numbers make the same input. */
final class Mutator {
    private static final int MOST_BYTES = 1 << 18;
    private static final int MOST_CHANGES = 4;
    private static final long[] ODD_NUMBERS = {
        0,
        1,
        -1,
        127,
        128,
        255,
        4096,
        Integer.MAX_VALUE,
        Integer.MIN_VALUE,
        1L << 32,
        (1L << 53) + 1,
        Long.MAX_VALUE,
        Long.MIN_VALUE
    };
    private static final List<byte[]> WORDS = words(
            "{",
            "}",
            "[",
            "]",
            ",",
            ":",
            "\"",
            "\\",
            "\\u0000",
            "\\ud800",
            "null",
            "true",
            "-",
            "1e999",
            "0.5",
            "\n",
            "\0",
            "/",
            "..",
            "/../",
            "../../etc/passwd",
            "//",
            ".",
            "%2e%2e",
            "99999999999999999999",
            "9223372036854775807",
            "-9223372036854775808",
            "\"format\":2",
            "\"b64\":",
            "é",
            "\u202e",
            "user.",
            "trusted.",
            "user.poolfs.",
            ": ",
            "- ",
            "&a ",
            "*a",
            "!!",
            "<<: ",
            "|",
            ">",
            "#",
            "\t",
            "{[",
            "[[[[[[[[[[[[[[[[",
            "{\"a\":{\"a\":{\"a\":{\"a\":");

    private final List<byte[]> examples;

    Mutator(List<byte[]> examples) {
        this.examples = examples;
    }

    byte[] input(Random random) {
        byte[] input = examples.get(random.nextInt(examples.size())).clone();
        int changes = 1 + random.nextInt(MOST_CHANGES);
        for (int i = 0; i < changes; i++) {
            input = change(input, random);
        }
        return input.length > MOST_BYTES ? Arrays.copyOf(input, MOST_BYTES) : input;
    }

    private byte[] change(byte[] input, Random random) {
        int at = random.nextInt(input.length + 1);
        int span = Math.min(input.length - at, 1 + random.nextInt(16));
        return switch (random.nextInt(10)) {
            case 0, 1 -> flipped(input, random);
            case 2 -> replaced(input, at, Math.min(1, span), new byte[] {(byte) random.nextInt(256)});
            case 3 -> replaced(input, at, span, new byte[0]);
            case 4 -> replaced(input, at, 0, Arrays.copyOfRange(input, at, at + span));
            case 5 -> {
                byte[] other = examples.get(random.nextInt(examples.size()));
                int from = random.nextInt(other.length + 1);
                int to = from + random.nextInt(other.length - from + 1);
                yield replaced(input, at, random.nextInt(input.length - at + 1), Arrays.copyOfRange(other, from, to));
            }
            case 6 -> replaced(input, at, random.nextBoolean() ? span : 0, WORDS.get(random.nextInt(WORDS.size())));
            case 7 -> replaced(input, at, random.nextBoolean() ? 8 : 0, number(random));
            case 8 -> Arrays.copyOf(input, at);
            default -> repeated(input, at, span, 1 << random.nextInt(12));
        };
    }

    private static byte[] flipped(byte[] input, Random random) {
        if (input.length > 0) {
            int bit = random.nextInt(input.length * 8);
            input[bit / 8] ^= (byte) (1 << bit % 8);
        }
        return input;
    }

    private static byte[] repeated(byte[] input, int at, int span, int times) {
        byte[] part = Arrays.copyOfRange(input, at, at + span);
        byte[] many = new byte[part.length * times];
        for (int i = 0; i < many.length; i++) {
            many[i] = part[i % part.length];
        }
        return replaced(input, at, 0, many);
    }

    /** As text, or as bytes in either order. */
    private static byte[] number(Random random) {
        long number = ODD_NUMBERS[random.nextInt(ODD_NUMBERS.length)];
        if (random.nextBoolean()) {
            return Long.toString(number).getBytes(StandardCharsets.US_ASCII);
        }
        int length = random.nextBoolean() ? Long.BYTES : Integer.BYTES;
        boolean bigEndian = random.nextBoolean();
        byte[] bytes = new byte[length];
        for (int i = 0; i < length; i++) {
            bytes[bigEndian ? length - 1 - i : i] = (byte) (number >>> (8 * i));
        }
        return bytes;
    }

    private static byte[] replaced(byte[] input, int at, int length, byte[] by) {
        int end = Math.min(input.length, at + length);
        byte[] made = new byte[at + by.length + input.length - end];
        System.arraycopy(input, 0, made, 0, at);
        System.arraycopy(by, 0, made, at, by.length);
        System.arraycopy(input, end, made, at + by.length, input.length - end);
        return made;
    }

    private static List<byte[]> words(String... words) {
        return Arrays.stream(words)
                .map(word -> word.getBytes(StandardCharsets.UTF_8))
                .toList();
    }
}
