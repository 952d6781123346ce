import type { Config } from '../config.ts';
import type { SourceCatalog } from '../domain/catalog.ts';
import { createFleetOfOne } from '../fleet/fleet.ts';
import { createLog } from '../log.ts';
import { createSource } from '../source.ts';
import { readNewestRecording } from '../upstream/recorded/recording.ts';
import type { Limit } from '../upstream/runpod-rest/quota.ts';

/** A source, and what an examination needs besides. */
export interface ExaminedSource {
  readonly catalog: SourceCatalog;
  /** What RunPod says is left of its limits. */
  readonly limits: () => readonly Limit[];
  /** The latest parsed body by operation, for a source whose answers schema/upstream-rest.json describes. */
  readonly bodies: ReadonlyMap<string, unknown>;
}

/** The recording or the GraphQL API. */
export function openSource(config: Config, onUnknownStock: (word: string) => void): ExaminedSource {
  const { catalog, apis } = createSource({
    config,
    log: createLog(
      { level: 'warn', secrets: config.secrets },
      { write: (line: string) => reportWord(line, onUnknownStock) },
    ),
    fleet: createFleetOfOne(),
    now: Date.now,
    readRecording: readNewestRecording,
    onAttempt: () => {},
    onPricedWithoutStock: () => {},
  });
  return { catalog, limits: () => apis.flatMap(({ limits }) => limits()), bodies: new Map() };
}

/** The source reports words that it does not know in its log. */
function reportWord(line: string, onUnknownStock: (word: string) => void): void {
  const { word } = JSON.parse(line) as { readonly word?: unknown };
  if (typeof word === 'string') onUnknownStock(word);
}
