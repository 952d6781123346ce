import * as fc from 'fast-check';
import type { SeenGet } from './fake-rest.ts';
import { answerWith, type Fault } from './fake-runpod.ts';
import { FAULTS } from './faults.ts';
import { COSTLY, type NoteFault, type Weather } from './weather.ts';

/** A GPU type as the REST API sends it. Its properties can be written, because the faults that tests cause change them. */
type RawGpu = Record<string, unknown> & { dataCenters?: Record<string, unknown>[] };

interface RawAnswer extends Record<string, unknown> {
  gpus: (RawGpu | null)[];
}

type Spoil = (answer: RawAnswer, row: RawGpu, index: number) => void;

/** Faults that make the stock of some GPU types unreadable in an otherwise correct response. */
const SPOILS: Readonly<Record<string, Spoil>> = {
  'a list of data centers that is an object': (_answer, row) => Object.assign(row, { dataCenters: { id: 'EU-RO-1' } }),
  'a data center without an id': (_answer, row) => {
    row.dataCenters = [...(row.dataCenters ?? []).slice(1), { availability: 'LOW' }];
  },
  'a data center without a level': (_answer, row) => {
    row.dataCenters = (row.dataCenters ?? []).map((place, at) => (at === 0 ? { ...place, availability: null } : place));
  },
  'a data center that is null': (_answer, row) =>
    Object.assign(row, { dataCenters: [null, ...(row.dataCenters ?? []).slice(1)] }),
  'a level without a list': (_answer, row) => {
    row['availability'] = 'LOW';
    delete row.dataCenters;
  },
  'neither a level nor a list': (_answer, row) => {
    row['availability'] = null;
    delete row.dataCenters;
  },
  'a GPU type that is null': ({ gpus }, _row, index) => gpus.splice(index, 1, null),
  'a GPU type without an id': (_answer, row) => delete row['id'],
  'a GPU type that is a string': ({ gpus }, _row, index) => gpus.splice(index, 1, 'GPU' as unknown as RawGpu),
  'one page of several': (answer, _row, index) => {
    answer.gpus = answer.gpus.slice(0, index);
    answer['pagination'] = { hasNextPage: true };
  },
  'one page, and a cursor': (answer, _row, index) => {
    answer.gpus = answer.gpus.slice(index);
    answer['pagination'] = { nextCursor: 'abc' };
  },
};

/**
 * Faults that remove a GPU type from a response. They must not occur in the response for pods of one GPU, because it is also the list of
 * GPU types. For the gateway, a GPU type that is missing there does not exist.
 */
const WITHOUT_ROW = new Set(['a GPU type that is null', 'a GPU type without an id', 'a GPU type that is a string']);

/** The faults of `FAULTS` that can also occur in the REST API. The other faults change answers that only the GraphQL API sends. */
const USABLE = Object.entries(FAULTS).filter(([name]) => !/GPU type|errors (beside|that)/.test(name));
const USABLE_BY_NAME: ReadonlyMap<string, readonly [Fault, string]> = new Map(USABLE);

const KINDS = [...USABLE_BY_NAME.keys(), ...Object.keys(SPOILS)];
const USUAL = KINDS.filter((name) => !COSTLY.has(name));

/**
 * Generates random sequences of faults and good answers (`null`). Each sequence contains every fault once, except the costly faults, and as
 * many good answers as faults.
 */
const anyDeck = fc.shuffledSubarray([...USUAL, ...USUAL.map(() => null)], { minLength: USUAL.length * 2 });

/** Creates the faults of the REST API. `weather` determines which requests may fail, and `seed` determines which fault a request gets. */
export function createRestFaults(
  seed: number,
  weather: () => Weather,
  note: NoteFault,
): (request: SeenGet) => Fault | undefined {
  const deck = fc.sample(anyDeck, { seed, numRuns: 20 }).flat();
  const costly = [...COSTLY];
  let next = 0;
  return ({ path, parameters }) => {
    if (weather() === 'night') return FAULTS['a connection that is closed'][0];
    const isStock = path.endsWith('/gpus');
    if (!reaches(weather(), isStock)) return undefined;
    next += 1;
    const name = next % 500 === 0 ? costly[(next / 500) % costly.length] : deck[next % deck.length];
    if (name == null) return undefined;
    const usual = USABLE_BY_NAME.get(name)?.[0];
    const isAboutType = usual === undefined;
    if (isAboutType && (!isStock || (WITHOUT_ROW.has(name) && parameters['count'] === '1'))) return undefined;
    note(name);
    return usual ?? spoilt(name, next);
  };
}

/**
 * Returns whether `weather` allows a request to fail. Weather for some GPU types affects every request for stock, because a request for
 * stock covers all GPU types.
 */
function reaches(weather: Weather, isStock: boolean): boolean {
  if (typeof weather === 'object') return isStock;
  return weather === 'storm' || (weather === 'discovery' && !isStock);
}

function spoilt(name: string, at: number): Fault {
  return (response, good) => {
    const answer: RawAnswer = JSON.parse(good);
    const index = at % answer.gpus.length;
    const row = answer.gpus[index];
    if (row != null) SPOILS[name]?.(answer, row, index);
    answerWith(200, JSON.stringify(answer))(response, good);
  };
}
