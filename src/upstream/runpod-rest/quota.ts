import { type BareItem, parseList, Token } from 'structured-headers';
import { UpstreamNotAttemptedError } from '../../domain/errors.ts';
import type { Line } from '../line.ts';

/** Below this part of a window's quota, requests are spread over what is left of the window. */
const SPREAD_BELOW = 0.1;

/** Below this part, only what somebody waits for is asked. */
const RESERVE = 0.25;

/** The longest pause between two requests. */
const LONGEST_PAUSE_MS = 60_000;

/** What RunPod says is left of its limits. */
export interface Quota {
  /** To be told of the headers of each response. */
  told(headers: { get(name: string): string | null }): void;
  /** What is left of each window that has not ended; `quota` is `null` where it is not told. */
  readonly left: () => readonly Limit[];
  /** @throws {UpstreamNotAttemptedError} when what is left is kept for what somebody waits for. */
  refuseRenewal(operation: string): void;
}

/** What is left of one window of a limit, in requests. */
export interface Limit {
  readonly name: string;
  readonly left: number;
  readonly quota: number | null;
}

interface Window {
  /** Requests that are left of it. */
  readonly left: number;
  /** When it ends, in milliseconds since 1970. */
  readonly endsAt: number;
}

/**
 * Slows a line down before a limit is reached. RunPod tells, in structured fields (RFC 9651) with one member for each window,
 * `RateLimit` with what is left (`r`) and the seconds to its end (`t`), and `RateLimit-Policy` with the quota (`q`). Neither is
 * sent to who has no limits. `now` is in milliseconds since 1970.
 */
export function createQuota(line: Pick<Line, 'pause'>, now: () => number): Quota {
  const windows = new Map<string, Window>();
  const quotas = new Map<string, number>();

  const isRunning = ({ endsAt }: Window) => endsAt > now();

  function pauseFor(name: string, window: Window): void {
    const leftMs = window.endsAt - now();
    const quota = quotas.get(name) ?? 0;
    if (window.left > quota * SPREAD_BELOW) return;
    line.pause(Math.min(leftMs / Math.max(window.left, 1), LONGEST_PAUSE_MS));
  }

  return {
    told(headers) {
      for (const [name, { q }] of read(headers.get('ratelimit-policy'))) if (q !== undefined) quotas.set(name, q);
      for (const [name, { r, t }] of read(headers.get('ratelimit'))) {
        if (r === undefined || t === undefined) continue;
        const window = { left: r, endsAt: now() + t * 1000 };
        windows.set(name, window);
        pauseFor(name, window);
      }
    },
    left: () =>
      [...windows]
        .filter(([, window]) => isRunning(window))
        .map(([name, { left }]) => ({ name, left, quota: quotas.get(name) ?? null })),
    refuseRenewal(operation) {
      for (const [name, window] of windows) {
        if (!isRunning(window)) windows.delete(name);
        else if (window.left <= (quotas.get(name) ?? 0) * RESERVE) {
          throw new UpstreamNotAttemptedError(operation, 'what is left of its limit is kept for questions');
        }
      }
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
