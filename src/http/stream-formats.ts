import type { MediaRange } from './media-ranges.ts';

/** The parameter of a media type that selects a format for responses with `@defer` or `@stream`: the one whose pending parts have ids. */
export const WITH_IDS = 'incrementalSpec=v0.2';

/**
 * The parameters of a media type that select a format for responses with `@defer` or `@stream`: the format with ids, or that of the 2022
 * draft.
 */
export type PartsFormat = typeof WITH_IDS | 'deferSpec=20220824';

/** Headers of every streamed response. They forbid proxies to store the response, and to wait for its end before they pass it on. */
export const STREAM_HEADERS = { 'cache-control': 'no-store', 'x-accel-buffering': 'no' };

/** The media types in which the gateway can send a response in parts. */
export const PARTS_TYPES = [
  'multipart/mixed;incrementalSpec=v0.2',
  'multipart/mixed;deferSpec=20220824',
  'text/event-stream',
];

/** The media types in which the gateway can send the events of a subscription. */
export const SUBSCRIPTION_TYPES = ['text/event-stream', 'multipart/mixed;subscriptionSpec=1.0'];

/**
 * The multipart formats: the parameter of `multipart/mixed` that selects the format, the value of the parameter, and the name of the
 * format.
 */
const PARTS_FORMATS: readonly (readonly [string, string, PartsFormat])[] = [
  ['incrementalspec', 'v0.2', WITH_IDS],
  ['deferspec', '20220824', 'deferSpec=20220824'],
];

/**
 * Chooses the format for a response in parts. Returns `events` if the client prefers server-sent events to multipart, else the multipart
 * format that the client prefers. A client that accepts multipart without naming a format gets the format of the 2022 draft. Returns `null`
 * if the client does not accept multipart, or accepts only unsupported versions of it.
 */
export function partsFormatFor(ranges: readonly MediaRange[]): PartsFormat | 'events' | null {
  const range = ranges.find((one) => formatOf(one) !== null) ?? ranges.find(({ type }) => WILDCARDS.has(type));
  if (range === undefined) return null;
  const prefersEvents = ranges.some(({ type, quality }) => type === EVENTS && quality > range.quality);
  return prefersEvents ? 'events' : (formatOf(range) ?? 'deferSpec=20220824');
}

/**
 * Returns the multipart format that a media range of an `accept` header stands for; `null` if the range is not multipart, or is for an
 * unsupported version.
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
 * server-sent events. Returns `unsupported` if the client accepts only other multipart versions. In all other cases, returns `default`:
 * Yoga chooses.
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
