import * as fc from 'fast-check';
import { answerWith, type Fault, type Faults } from './fake-runpod.ts';
import { FAULTS } from './faults.ts';

/**
 * Determines which requests to RunPod may fail: none ('clear'), all ('storm'), those for lists ('discovery'), or those about some GPU
 * types. At 'night', every request fails.
 */
export type Weather = 'clear' | 'storm' | 'discovery' | 'night' | { readonly gpuTypes: ReadonlySet<string> };

/** What happens to a request that may fail: a fault, or `undefined` if the request is answered correctly. */
type Draw = keyof typeof FAULTS | { readonly alias: number; readonly as: AliasFault } | undefined;

/**
 * Faults of a single cell in an otherwise good answer: an error about the cell ('error'), a wrong shape ('shape'), or no data for the cell
 * ('missing').
 */
const ALIAS_FAULTS = ['error', 'shape', 'missing'] as const;
type AliasFault = (typeof ALIAS_FAULTS)[number];

/**
 * Faults that tests use rarely, because the faults are expensive. After most of them, the gateway sends no requests for some seconds. A
 * body without end takes megabytes.
 */
export const COSTLY: ReadonlySet<string> = new Set<keyof typeof FAULTS>([
  'HTML with 429',
  'HTTP 429',
  'HTTP 429 for an hour',
  'a body without end',
]);
const ALL = Object.keys(FAULTS) as (keyof typeof FAULTS)[];

const anyDraw: fc.Arbitrary<Draw> = fc.oneof(
  { weight: 90, arbitrary: fc.constant(undefined) },
  { weight: 100, arbitrary: fc.constantFrom(...ALL.filter((name) => !COSTLY.has(name))) },
  { weight: 60, arbitrary: fc.record({ alias: fc.nat(38), as: fc.constantFrom(...ALIAS_FAULTS) }) },
  { weight: 1, arbitrary: fc.constantFrom(...ALL.filter((name) => COSTLY.has(name))) },
);

/**
 * Generates weather, which determines which requests to RunPod may fail. Some weather affects only requests about some of the GPU types
 * `ids`.
 */
export const anyWeather = (ids: readonly string[]): fc.Arbitrary<Weather> =>
  fc.oneof(
    { weight: 2, arbitrary: fc.constant('clear' as const) },
    { weight: 2, arbitrary: fc.constant('storm' as const) },
    { weight: 1, arbitrary: fc.constant('discovery' as const) },
    { weight: 1, arbitrary: someTypes(ids, 1) },
    { weight: 3, arbitrary: someTypes(ids, 12) },
  );

const someTypes = (ids: readonly string[], most: number) =>
  fc
    .uniqueArray(fc.constantFrom(...ids), { minLength: 1, maxLength: most })
    .map((some) => ({ gpuTypes: new Set(some) }));

/** A function that is called with the name of each fault that occurs. */
export type NoteFault = (name: string) => void;

/**
 * Creates the faults of the GraphQL API. `weather` determines which requests may fail, and `seed` determines which fault a request gets.
 */
export function createFaults(seed: number, weather: () => Weather, note: NoteFault = () => {}): Faults {
  const draws = fc.sample(anyDraw, { seed, numRuns: 10_000 });
  let next = 0;
  return ({ operationName, variables }) => {
    if (weather() === 'night') return FAULTS['a connection that is closed'][0];
    const isList = operationName !== 'LowestPrices';
    if (!reaches(weather(), isList, String(variables?.['gpuTypeId']))) return undefined;
    const draw = draws[next++ % draws.length];
    if (draw === undefined) return undefined;
    const isAboutCell = typeof draw === 'object';
    // These faults concern a single cell or GPU type, so the answer to a request for a list cannot have them.
    if (isList && (isAboutCell || draw.startsWith('another GPU type'))) return undefined;
    note(isAboutCell ? `a cell: ${draw.as}` : draw);
    return isAboutCell ? spoilt(draw.alias, draw.as) : FAULTS[draw][0];
  };
}

function reaches(weather: Weather, isList: boolean, gpuTypeId: string): boolean {
  if (typeof weather === 'object') return !isList && weather.gpuTypes.has(gpuTypeId);
  return weather === 'storm' || (weather === 'discovery' && isList);
}

function spoilt(index: number, as: AliasFault): Fault {
  return (response, good) => {
    const answer = JSON.parse(good);
    const aliases = Object.keys(answer.data.gpuTypes[0]).filter((key) => key.startsWith('dc_'));
    const alias = aliases[index % aliases.length] ?? '';
    if (as === 'error') answer.errors = [{ message: 'no', path: ['gpuTypes', 0, alias] }];
    else answer.data.gpuTypes[0][alias] = as === 'shape' ? ['Low'] : undefined;
    answerWith(200, JSON.stringify(answer))(response, good);
  };
}
