import type { MediaRange } from './media-ranges.ts';

/** The format of an answer with `@defer` or `@stream` that gives ids to pending parts. */
export const WITH_IDS = 'incrementalSpec=v0.2';

/** How the parts of an answer with `@defer` or `@stream` are written: with ids, or as drafted in 2022. */
export type PartsFormat = typeof WITH_IDS | 'deferSpec=20220824';

/** Of every response that is sent as it is made: proxies neither keep it nor wait for its end. */
export const STREAM_HEADERS = { 'cache-control': 'no-store', 'x-accel-buffering': 'no' };

/** The media types for an answer in parts. */
export const PARTS_TYPES = [
  'multipart/mixed;incrementalSpec=v0.2',
  'multipart/mixed;deferSpec=20220824',
  'text/event-stream',
];

/** The media types for a subscription. */
export const SUBSCRIPTION_TYPES = ['text/event-stream', 'multipart/mixed;subscriptionSpec=1.0'];

/** By the parameter of `multipart/mixed` that names a format: its version, and the format. */
const PARTS_FORMATS: readonly (readonly [string, string, PartsFormat])[] = [
  ['incrementalspec', 'v0.2', WITH_IDS],
  ['deferspec', '20220824', 'deferSpec=20220824'],
];

/**
 * Returns how to send parts: as server-sent events if the client prefers them to multipart, else in the multipart format that it prefers,
 * which is the one of 2022 if it names none. `null` if it accepts no multipart, or only versions that are not supported.
 */
export function partsFormatFor(ranges: readonly MediaRange[]): PartsFormat | 'events' | null {
  const range = ranges.find((one) => formatOf(one) !== null) ?? ranges.find(({ type }) => WILDCARDS.has(type));
  if (range === undefined) return null;
  const prefersEvents = ranges.some(({ type, quality }) => type === EVENTS && quality > range.quality);
  return prefersEvents ? 'events' : (formatOf(range) ?? 'deferSpec=20220824');
}

/** The format that a range allows for parts; `null` if it is for something else, or for versions that are not supported. */
function formatOf(range: MediaRange): PartsFormat | null {
  if (!isMultipart(range) || versionOf(range) !== undefined) return null;
  const named = PARTS_FORMATS.filter(([name]) => range.parameters.has(name));
  if (named.length === 0) return 'deferSpec=20220824';
  return named.find(([name, version]) => range.parameters.get(name) === version)?.[2] ?? null;
}

/** Whether a client accepts server-sent events. */
export const acceptsEvents = (ranges: readonly MediaRange[]): boolean =>
  ranges.some(({ type }) => type === EVENTS || type === 'text/*' || type === '*/*');

/**
 * How to send a subscription: as multipart if the client names its version and does not prefer server-sent events, else `default`, as
 * Yoga does. `unsupported` if the client names only other versions.
 */
export function subscriptionFormatFor(ranges: readonly MediaRange[]): 'multipart' | 'default' | 'unsupported' {
  const named = ranges.filter(
    (range) => range.type === EVENTS || (isMultipart(range) && versionOf(range) !== undefined),
  );
  const supported = named.find((range) => range.type === EVENTS || versionOf(range) === '1.0');
  if (supported !== undefined) return isMultipart(supported) ? 'multipart' : 'default';
  return named.length === 0 || acceptsEvents(ranges) ? 'default' : 'unsupported';
}

const EVENTS = 'text/event-stream';
const WILDCARDS = new Set(['multipart/*', '*/*']);

const isMultipart = ({ type }: MediaRange): boolean => type === 'multipart/mixed';
const versionOf = ({ parameters }: MediaRange): string | undefined => parameters.get('subscriptionspec');
