package io.poolfs.core.model;

/**
 * Names one request of one front end session, so that a request which is delivered twice is executed once.
 *
 * @param session random, one per front end session
 * @param unique the front end's own number of the request
 */
public record RequestId(long session, long unique) {}
