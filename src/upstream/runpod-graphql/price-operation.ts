import { print } from 'graphql';
import type { DataCenter } from '../../domain/data-center.ts';
import type { ObservationScope } from '../../domain/observation.ts';
import type { Operation } from './client.ts';
import { PriceFieldsFragmentDoc } from './operations.generated.ts';

/** Name under which one data center's cell is asked for. An id can be any text, so the alias is its place in the list. */
export type PriceAlias = `dc_${number}`;

/** The alias of the data center at `index`. */
export const priceAlias = (index: number): PriceAlias => `dc_${index}`;

const FRAGMENT = print(PriceFieldsFragmentDoc);

/**
 * Asks for one GPU type in many data centers at once: an alias for each, every id as a variable. `secureCloud: true`, since
 * data centers are where secure cloud runs, and RunPod quotes the community price otherwise.
 */
export function createPriceOperation({ gpuType, gpuCount, dataCenters }: ObservationScope): Operation {
  const { query, ids } = aboutAll(dataCenters);
  return { operationName: 'LowestPrices', query, variables: { gpuTypeId: gpuType.id, gpuCount, ...ids } };
}

/** What is the same for every GPU type. */
interface AboutAll {
  readonly query: string;
  readonly ids: Readonly<Record<PriceAlias, string>>;
}

/** By list: a sweep asks about the same data centers for one GPU type after the other. */
const written = new WeakMap<readonly DataCenter[], AboutAll>();

function aboutAll(dataCenters: readonly DataCenter[]): AboutAll {
  const known = written.get(dataCenters);
  if (known !== undefined) return known;
  const ids = dataCenters.map(({ id }, index): [PriceAlias, string] => [priceAlias(index), id]);
  const about = { query: priceQuery(dataCenters.length), ids: Object.fromEntries(ids) };
  written.set(dataCenters, about);
  return about;
}

function priceQuery(size: number): string {
  const aliases = Array.from({ length: size }, (_, index) => priceAlias(index));
  const variables = aliases.map((alias) => `, $${alias}: String!`).join('');
  const fields = aliases.map(
    (alias) =>
      `    ${alias}: lowestPrice(input: { gpuCount: $gpuCount, dataCenterId: $${alias}, secureCloud: true }) { ...PriceFields }`,
  );
  return `query LowestPrices($gpuTypeId: String!, $gpuCount: Int!${variables}) {
  gpuTypes(input: { id: $gpuTypeId }) {
    id
${fields.join('\n')}
  }
}
${FRAGMENT}`;
}
