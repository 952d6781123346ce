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
 * Whether a client has an answer already (RFC 9110, sections 13.1.2 and 13.1.3). Tags win over dates. A date must equal that of the
 * answer: a later one does not say which answer the client has.
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

/** What the `last-modified` of an answer depends on. */
export interface Observed {
  /** When the answer stops being fresh, in monotonic milliseconds of this process; infinite if it never does. */
  readonly freshUntil: number;
  /** When the newest observation in the answer was made, RFC 3339 in UTC; `null` if it has no observation. */
  readonly newestObservedAt: string | null;
}

/**
 * The `last-modified` of an answer: the second of its newest observation. Only answers that never change have one, which are those from
 * the recording. An answer from RunPod can change while its observations stay: the lists of GPU types and data centers are renewed
 * separately, and spot prices arrive after the stock.
 */
export function lastModifiedOf({ freshUntil, newestObservedAt }: Observed): string | null {
  if (freshUntil !== Number.POSITIVE_INFINITY || newestObservedAt === null) return null;
  return new Date(newestObservedAt).toUTCString();
}
