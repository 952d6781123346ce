/**
 * The validators of a response: its ETag and its `last-modified`. In a later request, a client can send them to find out whether the
 * response has changed.
 */
export interface Validators {
  /**
   * The ETag, or `null` for a response without an ETag. It is weak, because a compressed response has the same ETag but other bytes.
   */
  readonly tag: string | null;
  /** The value of `last-modified`; `null` if there is none. */
  readonly lastModified: string | null;
}

/** The headers of a conditional request. They identify the response that the client already has. */
export interface Conditions {
  readonly 'if-none-match'?: string | null | undefined;
  readonly 'if-modified-since'?: string | null | undefined;
}

/**
 * Whether the client already has the current response (RFC 9110, sections 13.1.2 and 13.1.3). If the client sends ETags, only the ETags are
 * compared. Otherwise, the date that it sends must equal the `last-modified` of the current response. A later date does not count as equal,
 * because it does not identify a response.
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

/** The facts that determine the `last-modified` of a response. */
export interface Observed {
  /** When the response stops being fresh, in milliseconds of this process's monotonic clock; infinite if it never does. */
  readonly freshUntil: number;
  /**
   * The time of RunPod's newest answer about stock in the response, in RFC 3339 and UTC. `null` if the response contains no stock.
   */
  readonly newestObservedAt: string | null;
}

/**
 * Returns the `last-modified` of a response: the time of its newest observation of stock, in whole seconds. Only responses from a recording
 * have a `last-modified`, because they never change. A response with live data can change without a new observation of stock: the lists of
 * GPU types and data centers are refreshed separately, and spot prices arrive after the stock.
 */
export function lastModifiedOf({ freshUntil, newestObservedAt }: Observed): string | null {
  if (freshUntil !== Number.POSITIVE_INFINITY || newestObservedAt === null) return null;
  return new Date(newestObservedAt).toUTCString();
}
