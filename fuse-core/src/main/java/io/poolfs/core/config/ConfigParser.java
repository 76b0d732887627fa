package io.poolfs.core.config;

import io.poolfs.core.model.PoolException;
import io.poolfs.core.model.Reason;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.TokenStreamFactory;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.dataformat.yaml.YAMLFactory;

/** YAML, or JSON in a file that ends in {@code .json}, to nodes that know their lines. */
final class ConfigParser {
    private final ConfigProblems problems;
    private final JsonParser parser;

    private ConfigParser(ConfigProblems problems, JsonParser parser) {
        this.problems = problems;
        this.parser = parser;
    }

    static ConfigNode.Table parse(ConfigProblems problems, String text) throws PoolException {
        boolean json = problems.file().toString().toLowerCase(Locale.ROOT).endsWith(".json");
        TokenStreamFactory factory =
                json ? JsonFactory.builder().build() : YAMLFactory.builder().build();
        try (JsonParser parser = factory.createParser(ObjectReadContext.empty(), text)) {
            JsonToken first = parser.nextToken();
            if (first == null) {
                throw problems.at(1, "the file is empty; `poolfs init` writes one");
            }
            ConfigParser reader = new ConfigParser(problems, parser);
            if (!(reader.node(first) instanceof ConfigNode.Table table)) {
                throw problems.at(1, "this is not a list of keys and values (`key: value`)");
            }
            return table;
        } catch (JacksonException e) {
            int line = e.getLocation() == null ? 1 : Math.max(1, e.getLocation().getLineNr());
            String said = e.getOriginalMessage().strip().lines().findFirst().orElse("");
            throw new PoolException(
                    Reason.CONFIG, problems.where(line) + "not " + (json ? "JSON" : "YAML") + ": " + said, e);
        }
    }

    private ConfigNode node(JsonToken token) throws PoolException {
        int line = line();
        return switch (token) {
            case START_OBJECT -> table(line);
            case START_ARRAY -> items(line);
            case VALUE_NULL -> new ConfigNode.Scalar(null, line);
            case VALUE_STRING, VALUE_NUMBER_INT, VALUE_NUMBER_FLOAT, VALUE_TRUE, VALUE_FALSE ->
                new ConfigNode.Scalar(parser.getString(), line);
            default -> throw problems.at(line, "this is not a value");
        };
    }

    private ConfigNode.Table table(int line) throws PoolException {
        LinkedHashMap<String, ConfigNode.Entry> entries = new LinkedHashMap<>();
        int last = line;
        while (parser.nextToken() == JsonToken.PROPERTY_NAME) {
            String key = parser.currentName();
            int keyLine = line();
            ConfigNode value = node(parser.nextToken());
            ConfigNode.Entry before = entries.putIfAbsent(key, new ConfigNode.Entry(value, keyLine));
            if (before != null) {
                throw problems.at(keyLine, key + ": given twice, first in line " + before.line());
            }
            last = Math.max(last, Math.max(keyLine, value.lastLine()));
        }
        return new ConfigNode.Table(entries, line, last);
    }

    private ConfigNode.Items items(int line) throws PoolException {
        List<ConfigNode> items = new ArrayList<>();
        int last = line;
        for (JsonToken token = parser.nextToken(); token != JsonToken.END_ARRAY; token = parser.nextToken()) {
            ConfigNode item = node(token);
            items.add(item);
            last = Math.max(last, item.lastLine());
        }
        return new ConfigNode.Items(items, line, last);
    }

    private int line() {
        return Math.max(1, parser.currentTokenLocation().getLineNr());
    }
}
