import { type BareItem, parseList, Token } from 'structured-headers';
import { UpstreamNotAttemptedError, UpstreamRateLimitedError } from '../../domain/errors.ts';
import type { Lane } from '../line.ts';

/** Below this part of a window's quota, requests are spread over what is left of the window. */
const SPREAD_BELOW = 0.1;

/** Below this part, renewals that nobody waits for take half of what is left at most. */
const RESERVE_BELOW = 0.25;

/** The longest pause between two requests while some are left; nobody is refused for it. */
const LONGEST_SPREAD_MS = 5000;

/** The longest pause when none are. */
const LONGEST_PAUSE_MS = 60_000;

/** No window is longer, whatever is told of it. */
const LONGEST_WINDOW_S = 86_400;

/** What RunPod says is left of its limits. */
export interface Quota {
  /** To be told of the headers of each response. */
  told(headers: { get(name: string): string | null }): void;
  /** What is left of each window that has not ended; `quota` is `null` where it is not told. */
  readonly left: () => readonly Limit[];
  /**
   * @throws {UpstreamRateLimitedError} when nothing is left.
   * @throws {UpstreamNotAttemptedError} when what is left is kept for what somebody waits for.
   */
  refuseRenewal(operation: string): void;
}

/** What is left of one window of a limit, in requests. */
export interface Limit {
  readonly name: string;
  readonly left: number;
  readonly quota: number | null;
}

interface Window {
  readonly name: string;
  /** Requests that are left of it. */
  readonly left: number;
  /** When it ends, on the steady scale of `now`. */
  readonly endsAt: number;
  readonly quota: number | null;
}

/**
 * Slows a lane down before a limit is reached. RunPod tells, in structured fields (RFC 9651) with one member for each window,
 * `RateLimit` with what is left (`r`) and the seconds to its end (`t`), and `RateLimit-Policy` with the quota (`q`) and the length
 * (`w`). Clients without limits get neither header. Only the latest headers count. `now` returns milliseconds on a steady scale.
 */
export function createQuota(lane: Pick<Lane, 'pause'>, now: () => number): Quota {
  let windows: readonly Window[] = [];
  let renewedAt = Number.NEGATIVE_INFINITY;

  const running = () => windows.filter(({ endsAt }) => endsAt > now());

  function pauseFor({ left, endsAt, quota }: Window): void {
    const leftMs = endsAt - now();
    if (left === 0) lane.pause(Math.min(leftMs, LONGEST_PAUSE_MS));
    else if (left <= (quota ?? 0) * SPREAD_BELOW) lane.pause(Math.min(leftMs / left, LONGEST_SPREAD_MS));
  }

  /** How long two renewals have to be apart, in milliseconds. */
  function renewalsApartMs({ left, endsAt, quota }: Window): number {
    return left > (quota ?? 0) * RESERVE_BELOW ? 0 : (2 * (endsAt - now())) / left;
  }

  return {
    told(headers) {
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
        throw new UpstreamNotAttemptedError(operation, 'what is left of its limit is kept for questions');
      }
      renewedAt = now();
    },
  };
}

type Parameters = Readonly<Partial<Record<string, number>>>;

/** Windows that are told of at most. */
const MAX_WINDOWS = 20;

/** The members of a structured list by their name; none of a header that is not one. */
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
