import type { MediaRange } from './media-ranges.ts';

/** The media type parameter of the newer format for responses with `@defer` or `@stream`. In this format, each pending part has an id. */
export const WITH_IDS = 'incrementalSpec=v0.2';

/**
 * The media type parameters that select the format of a response with `@defer` or `@stream`: the newer format with ids, or the 2022 draft.
 */
export type PartsFormat = typeof WITH_IDS | 'deferSpec=20220824';

/** The headers of every streamed response. They tell proxies not to store the response, and not to buffer it. */
export const STREAM_HEADERS = { 'cache-control': 'no-store', 'x-accel-buffering': 'no' };

/** The media types in which the gateway can send a response to an operation with `@defer` or `@stream`. */
export const PARTS_TYPES = [
  'multipart/mixed;incrementalSpec=v0.2',
  'multipart/mixed;deferSpec=20220824',
  'text/event-stream',
];

/** The media types in which the gateway can send the events of a subscription. */
export const SUBSCRIPTION_TYPES = ['text/event-stream', 'multipart/mixed;subscriptionSpec=1.0'];

/**
 * The multipart formats. Each entry contains the parameter of `multipart/mixed` that selects the format (its name and its value), and then
 * the format.
 */
const PARTS_FORMATS: readonly (readonly [string, string, PartsFormat])[] = [
  ['incrementalspec', 'v0.2', WITH_IDS],
  ['deferspec', '20220824', 'deferSpec=20220824'],
];

/**
 * Chooses the format of a response to an operation with `@defer` or `@stream`. Returns `events` if the client prefers server-sent events to
 * multipart. Otherwise returns the multipart format that the client prefers. If the client accepts multipart but names no format, returns
 * the 2022 draft. Returns `null` if the client does not accept multipart, or accepts only unsupported formats of it.
 */
export function partsFormatFor(ranges: readonly MediaRange[]): PartsFormat | 'events' | null {
  const range = ranges.find((one) => formatOf(one) !== null) ?? ranges.find(({ type }) => WILDCARDS.has(type));
  if (range === undefined) return null;
  const prefersEvents = ranges.some(({ type, quality }) => type === EVENTS && quality > range.quality);
  return prefersEvents ? 'events' : (formatOf(range) ?? 'deferSpec=20220824');
}

/**
 * Returns the multipart format that a media range of the `accept` header selects. Returns `null` if the range is not multipart, or selects
 * an unsupported format.
 */
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
 * Chooses the format for a subscription. Returns `multipart` if the client names the supported multipart version and does not prefer
 * server-sent events. Returns `unsupported` if the client accepts only other multipart versions. Otherwise returns `default`, and GraphQL
 * Yoga chooses the format.
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
