import { type BareItem, parseList, Token } from 'structured-headers';
import { UpstreamNotAttemptedError, UpstreamRateLimitedError } from '../../domain/errors.ts';
import type { Lane } from '../request/lane.ts';
import { LONGEST_PAUSE_MS, pauseLane } from '../request/lane-pause.ts';

/** When at most this fraction of the quota of a rate-limit window is left, the gateway spreads its requests over the rest of the window. */
const SPREAD_BELOW = 0.1;

/**
 * When at most this fraction of the quota of a rate-limit window is left, the gateway reserves requests for clients that wait. Background
 * renewals may then use at most half of the requests that are left.
 */
const RESERVE_BELOW = 0.25;

/**
 * The maximum pause between two requests while the rate limit still allows requests, in milliseconds. The pause is so short that no waiting
 * request is rejected because of it.
 */
const LONGEST_SPREAD_MS = 5000;

/** The maximum length of a rate-limit window, in seconds. If RunPod reports a longer window, the gateway uses this length instead. */
const LONGEST_WINDOW_S = 86_400;

/** Tracks how many requests RunPod's rate limits still allow. */
export interface Quota {
  /** Call this with the headers of each response. */
  update(headers: { get(name: string): string | null }): void;
  /** Returns how many requests are left in each current rate-limit window. `quota` is `null` if RunPod does not report it. */
  readonly left: () => readonly Limit[];
  /**
   * Checks whether a background renewal may be sent, and records it if so. Call this once before each renewal that no client waits for.
   * @throws {UpstreamRateLimitedError} when a window has no requests left.
   * @throws {UpstreamNotAttemptedError} when the remaining requests are reserved for requests that clients wait for.
   */
  refuseRenewal(operation: string): void;
}

/** The number of requests that are left in one window of a rate limit, and the number that the whole window allows. */
export interface Limit {
  readonly name: string;
  readonly left: number;
  readonly quota: number | null;
}

interface Window {
  readonly name: string;
  /** The number of requests that are left in the window. */
  readonly left: number;
  /** When the window ends, in monotonic milliseconds. */
  readonly endsAt: number;
  readonly quota: number | null;
}

/**
 * Creates a tracker of RunPod's rate limits. It slows down `lane`, the queue of requests to RunPod, before a rate limit is reached. `now`
 * returns monotonic milliseconds.
 * RunPod sends two headers, which are structured fields (RFC 9651) with one member for each window. `RateLimit` contains the number of
 * requests left (`r`) and the seconds until the window ends (`t`). `RateLimit-Policy` contains the quota (`q`) and the length of the window
 * (`w`). RunPod sends neither header to clients without limits. The headers of a newer response replace the earlier values.
 */
export function createQuota(lane: Pick<Lane, 'pause' | 'pausedMs' | 'rejectAll'>, now: () => number): Quota {
  let windows: readonly Window[] = [];
  let renewedAt = Number.NEGATIVE_INFINITY;

  const running = () => windows.filter(({ endsAt }) => endsAt > now());

  function pauseFor({ left, endsAt, quota }: Window): void {
    const leftMs = endsAt - now();
    if (left === 0) pauseLane(lane, Math.min(leftMs, LONGEST_PAUSE_MS));
    else if (left <= (quota ?? 0) * SPREAD_BELOW) pauseLane(lane, Math.min(leftMs / left, LONGEST_SPREAD_MS));
  }

  /** Returns the minimum time between two renewals (requests that no client waits for) in a window, in milliseconds. */
  function renewalsApartMs({ left, endsAt, quota }: Window): number {
    return left > (quota ?? 0) * RESERVE_BELOW ? 0 : (2 * (endsAt - now())) / left;
  }

  return {
    update(headers) {
      const policies = new Map(read(headers.get('ratelimit-policy')));
      windows = read(headers.get('ratelimit')).flatMap(([name, { r, t }]) => {
        if (r === undefined || t === undefined) return [];
        const { q = null, w = LONGEST_WINDOW_S } = policies.get(name) ?? {};
        return [{ name, left: r, endsAt: now() + Math.min(t, w, LONGEST_WINDOW_S) * 1000, quota: q }];
      });
      for (const window of windows) pauseFor(window);
    },
    left: () => running().map(({ name, left, quota }) => ({ name, left, quota })),
    refuseRenewal(operation) {
      const apartMs = Math.max(0, ...running().map(renewalsApartMs));
      const spent = running().filter(({ left }) => left === 0);
      if (spent.length > 0) {
        throw new UpstreamRateLimitedError(operation, Math.max(...spent.map(({ endsAt }) => endsAt - now())));
      }
      if (now() - renewedAt < apartMs) {
        throw new UpstreamNotAttemptedError(
          operation,
          'the rest of its rate limit is reserved for requests that clients wait for',
        );
      }
      renewedAt = now();
    },
  };
}

type Parameters = Readonly<Partial<Record<string, number>>>;

/** The maximum number of rate-limit windows that are read from a header. */
const MAX_WINDOWS = 20;

/** Returns the members of a structured list, by name. The list is empty when the header is absent or malformed. */
function read(header: string | null): readonly (readonly [string, Parameters])[] {
  if (header === null) return [];
  try {
    const members = parseList(header).slice(0, MAX_WINDOWS);
    return members.flatMap(([item, parameters]) => {
      const name = item instanceof Token ? item.toString() : item;
      return typeof name === 'string' ? [[name, Object.fromEntries([...parameters].filter(isNatural))]] : [];
    });
  } catch {
    return [];
  }
}

const isNatural = (entry: readonly [string, BareItem]): entry is [string, number] =>
  typeof entry[1] === 'number' && entry[1] >= 0;
