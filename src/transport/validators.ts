/** What a client can name an answer by, to learn whether it has changed. */
export interface Validators {
  /** Weak, since a compressed answer is the same to a client but not byte for byte. `null` when the answer has none. */
  readonly tag: string | null;
  /** The value of `last-modified`; `null` when the answer has none. */
  readonly lastModified: string | null;
}

/** The headers of a request that name the answer which the client has. */
export interface Conditions {
  readonly 'if-none-match'?: string | null | undefined;
  readonly 'if-modified-since'?: string | null | undefined;
}

/**
 * Whether a client has an answer already (RFC 9110, sections 13.1.2 and 13.1.3). Tags go before dates. A date must be the very one that the
 * answer was sent with: of a later one it is not known which observations the client has seen.
 */
export function isUnchanged(
  { 'if-none-match': tags, 'if-modified-since': since }: Conditions,
  { tag, lastModified }: Validators,
): boolean {
  if (tags != null) return tag !== null && hasTag(tags, tag);
  return since != null && since === lastModified;
}

function hasTag(ifNoneMatch: string, etag: string): boolean {
  const opaque = etag.replace(/^W\//, '');
  return ifNoneMatch.split(',').some((tag) => tag.trim() === '*' || tag.trim().replace(/^W\//, '') === opaque);
}

/** When the oldest and the newest observation in an answer were made, RFC 3339 in UTC. `null` when it has none. */
export interface Observed {
  readonly oldestObservedAt: string | null;
  readonly newestObservedAt: string | null;
}

/** Where the fraction of a second starts, for example in 2025-11-14T12:00:00.123Z. */
const SECONDS_LENGTH = 19;

/**
 * The `last-modified` of an answer: the second in which RunPod was asked for all of it. Answers with observations of several seconds have
 * none, since an old one of them can be replaced while the newest stays.
 */
export function lastModifiedOf({ oldestObservedAt, newestObservedAt }: Observed): string | null {
  if (oldestObservedAt === null || newestObservedAt === null) return null;
  const isOneSecond = oldestObservedAt.slice(0, SECONDS_LENGTH) === newestObservedAt.slice(0, SECONDS_LENGTH);
  return isOneSecond ? new Date(newestObservedAt).toUTCString() : null;
}
