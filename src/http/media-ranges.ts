/** A media range of an `accept` header, in lower case. */
export interface MediaRange {
  /** The media type, for example 'multipart/mixed' or '*\/*'. */
  readonly type: string;
  /** All parameters except `q`, with their values unquoted. */
  readonly parameters: ReadonlyMap<string, string>;
  /** The client's preference `q`: more than 0, up to 1. */
  readonly quality: number;
}

/** Returns the media ranges of an `accept` header, the preferred ones first. Ranges that the client refuses with `q=0` are omitted. */
export function mediaRangesIn(accept: string): readonly MediaRange[] {
  return accept
    .toLowerCase()
    .split(',')
    .map(toRange)
    .filter(({ quality }) => quality > 0)
    .toSorted((a, b) => b.quality - a.quality);
}

function toRange(text: string): MediaRange {
  const [type = '', ...rest] = text.split(';').map((part) => part.trim());
  const parameters = new Map(rest.map(toParameter));
  const quality = Number(parameters.get('q') ?? 1);
  parameters.delete('q');
  return { type, parameters, quality };
}

function toParameter(text: string): readonly [string, string] {
  const [name = '', value = ''] = text.split('=', 2);
  return [name.trim(), value.trim().replace(/^"(.*)"$/, '$1')];
}
