import { print } from 'graphql';
import type { DataCenter } from '../../domain/data-center.ts';
import type { ObservationScope } from '../../domain/observation.ts';
import type { Operation } from './client.ts';
import { PriceFieldsFragmentDoc } from './operations.generated.ts';

/**
 * The alias for the cell of one data center. It contains the position of the data center in the list. It does not contain the id, because
 * an id may contain any character.
 */
export type PriceAlias = `dc_${number}`;

/** Returns the alias for the data center at `index`. */
export const priceAlias = (index: number): PriceAlias => `dc_${index}`;

const FRAGMENT = print(PriceFieldsFragmentDoc);

/**
 * Creates the operation that requests one GPU type in many data centers. It has an alias for each data center, and all ids are variables.
 * `secureCloud: true` is necessary: data centers belong to secure cloud, but RunPod quotes the community price by default.
 */
export function createPriceOperation({ gpuType, gpuCount, dataCenters }: ObservationScope): Operation {
  const { query, ids } = aboutAll(dataCenters);
  return { operationName: 'LowestPrices', query, variables: { gpuTypeId: gpuType.id, gpuCount, ...ids } };
}

/** The parts of the operation that are the same for every GPU type. */
interface AboutAll {
  readonly query: string;
  readonly ids: Readonly<Record<PriceAlias, string>>;
}

/**
 * Caches, for each list of data centers, the parts of the operation that are the same for every GPU type. The gateway requests the same
 * data centers for one GPU type after another.
 */
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
