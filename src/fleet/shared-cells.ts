import { randomUUID } from 'node:crypto';
import type { Redis } from 'ioredis';
import { findDifferences, type SeenCell } from '../domain/change.ts';
import type { Cell, ObservationScope } from '../domain/observation.ts';
import { nameOfObservation } from '../domain/observation-name.ts';
import { KEPT_MS, MAX_KEPT } from '../live/change-log.ts';
import { FORGOTTEN_AFTER_MS, notOlder, see } from '../live/last-seen.ts';
import { isWrongType, STREAM } from './change-stream.ts';
import type { UnfitValues } from './unfit-values.ts';
import { readAs, toSharedText, type ValueShapes, type WrittenChange } from './value-shapes.ts';

/**
 * The prefix of the keys under which Redis stores the last observations. It contains the version of the format, which is also the version
 * of the format of the stream of changes.
 */
const SEEN_PREFIX = 'v2:seen:';

/**
 * A script that writes the cells of one GPU type and pod size, and appends their changes to the stream of changes. If another replica has
 * written the cells since this replica read them, returns `false` and writes nothing. Otherwise, returns the id of the last entry of the
 * stream. Each entry contains the id of the previous entry, so that readers notice lost entries.
 */
const WRITE = `
local kind = redis.call('TYPE', KEYS[1]).ok
if kind ~= 'hash' and kind ~= 'none' then redis.call('DEL', KEYS[1]) end
if (redis.call('HGET', KEYS[1], 'version') or '') ~= ARGV[1] then return false end
local last = redis.call('XREVRANGE', KEYS[2], '+', '-', 'COUNT', 1)[1]
local id = last and last[1] or '0-0'
redis.call('HSET', KEYS[1], 'version', ARGV[2], 'cells', ARGV[3])
redis.call('PEXPIRE', KEYS[1], ${FORGOTTEN_AFTER_MS})
for i = 4, #ARGV do
  id = redis.call('XADD', KEYS[2], 'MAXLEN', '~', ${MAX_KEPT}, '*', 'change', ARGV[i], 'after', id)
end
if #ARGV > 3 then redis.call('XTRIM', KEYS[2], 'MINID', '~', redis.call('TIME')[1] * 1000 - ${KEPT_MS}) end
return id`;

/** The maximum number of attempts to write cells. An attempt fails if another replica wrote the cells after this replica read them. */
const MOST_TRIES = 20;

/**
 * The result of writing the cells of one GPU type and pod size to Redis: the cells in Redis after the write (`cells`), and the id of the
 * last entry in the stream of changes at that moment (`end`).
 */
export interface WrittenCells {
  readonly cells: ReadonlyMap<string, SeenCell>;
  readonly end: string;
}

/** Writes the last observations to Redis, where all replicas share them. A cell is the observation of one GPU type in one data center. */
export interface SharedCells {
  /**
   * Updates the cells in Redis, first with the cells that this replica's subscribers know (`known`), then with a new observation (`cells`).
   * Appends the resulting changes to the stream. If Redis has no cells yet, `known` becomes the initial state, for which no changes are
   * appended. Rejects if Redis is unavailable or refuses the command.
   */
  readonly write: (
    scope: ObservationScope,
    known: ReadonlyMap<string, SeenCell>,
    cells: readonly Cell[],
  ) => Promise<WrittenCells>;
}

/** Creates an object that reads and writes the cells in Redis. A value with an unexpected shape counts as absent and is overwritten. */
export function createSharedCells(
  client: Redis,
  { unfit, shapes }: { readonly unfit: UnfitValues; readonly shapes: ValueShapes },
): SharedCells {
  async function read(key: string) {
    const none: (string | null)[] = [];
    const [version = null, text = null] = await client.hmget(key, 'version', 'cells').catch((error: unknown) => {
      if (!isWrongType(error)) throw error;
      unfit.count('seen', key);
      return none;
    });
    const cells = text === null ? undefined : readAs(shapes.seenCells, text);
    if (text !== null && cells === undefined) unfit.count('seen', key);
    return { version, cells };
  }

  return {
    async write(scope, known, news) {
      const key = `${SEEN_PREFIX}${nameOfObservation(scope)}`;
      for (let tries = 0; tries < MOST_TRIES; tries += 1) {
        const { version, cells: shared } = await read(key);
        const cells = shared === undefined ? new Map(known) : byDataCenter(shared);
        const own = [...known.values()].map(({ latest }) => latest);
        const changes = [own, news].flatMap((some) => add(scope, cells, notOlder(some, cells)));
        const args = [version ?? '', randomUUID(), toSharedText([...cells.values()])];
        const texts = changes.map(toSharedText);
        const end = await client.eval(WRITE, 2, key, STREAM, ...args, ...texts);
        if (typeof end === 'string') return { cells, end };
      }
      throw new Error(`other replicas wrote ${key} during each of ${MOST_TRIES} tries`);
    },
  };
}

const byDataCenter = (cells: readonly SeenCell[]) => new Map(cells.map((cell) => [cell.latest.dataCenterId, cell]));

/** Updates `known` to the state of the cells in `cells`. Returns the changes between the old and the new state. */
function add(scope: ObservationScope, known: Map<string, SeenCell>, cells: readonly Cell[]): readonly WrittenChange[] {
  const cellById = new Map(cells.map((cell) => [cell.dataCenterId, cell]));
  const changes = findDifferences(scope, known, cells).flatMap((difference): WrittenChange[] => {
    const cell = cellById.get(difference.after.dataCenter.id);
    return cell?.failure === null ? [{ ...difference, cell }] : [];
  });
  see(known, cells);
  return changes;
}
