const ALL = 'filter: { includeUnavailable: true }';

const repeat = (count: number, write: (index: number) => string): string =>
  Array.from({ length: count }, (_none, index) => write(index)).join(' ');

const bodyOf = (query: string, variables?: object): string => JSON.stringify({ query, variables });

/** A selection of every field of a row. */
const ROW = `id gpuCount available stock availableGpuCounts spotObservedAt observedAt stale
  gpuType { id displayName manufacturer memoryGb maxGpuCount secureCloud communityCloud securePrice communityPrice }
  dataCenter { id name region countryCode location listed networkVolume globalNetwork compliance }
  onDemandPrice { perGpu perPod } spotPrice { perGpu perPod }`;

/** An operation that selects every field of all rows of one GPU type. */
export const EVERY_FIELD = `{ gpuAvailability(gpuType: "L4", ${ALL}) { nodes { ${ROW} } } }`;

/** Returns a request body that selects the whole matrix (all rows) `count` times, with an alias of `length` characters in each row. */
export const rowsWithLongAlias = (count: number, length: number): string =>
  bodyOf(
    `{ ${repeat(count, (index) => `q${index}: gpuAvailability(${ALL}) { nodes { ...R } }`)} } fragment R on GpuAvailability { ${'a'.repeat(length)}: stock }`,
  );

/** Returns a request body that selects `fields` of `count` entities. All entities are the same GPU type or data center. */
export function entities(fields: string, typeName = 'DataCenter', id = 'EU-RO-1', count = 1000): string {
  const representations = Array.from({ length: count }, () => ({ __typename: typeName, id }));
  const query = `query ($r: [_Any!]!) { _entities(representations: $r) { ... on ${typeName} { ${fields} } } }`;
  return bodyOf(query, { r: representations });
}

/**
 * Returns a request body that selects `count` deferred fragments in each row of the whole matrix (all rows). Each fragment queries the
 * availability of an unknown GPU type.
 */
export const UNKNOWN_IN_ROWS = (count: number): string => {
  const field = (index: number) => `a${index}: availability(gpuType: "no such type") { totalCount }`;
  return bodyOf(
    `{ gpuAvailability(${ALL}) { nodes { ${repeat(count, (index) => `... @defer { dataCenter { ${field(index)} } }`)} } } }`,
  );
};

/**
 * A request body that queries availability seven times in each of 12,480 rows. Most of these fields fail, because together they exceed the
 * limit on rows.
 */
export const QUESTIONS_IN_ROWS = ((): string => {
  const conditions = 'filter: { regions: [EUROPE, ASIA, AFRICA, OCEANIA], includeUnavailable: true }';
  const inRow = repeat(7, (index) => `a${index}: availability(${conditions}) { totalCount }`);
  return entities(`availability(${ALL}) { nodes { gpuType { ${inRow} } } }`, 'DataCenter', 'EU-RO-1', 320);
})();

/** Returns a request body of at least `bytes` bytes with an invalid document. Each `index` gives a different document. */
export function distinctDocument(index: number, bytes: number): string {
  const fields = repeat(900, (field) => `unknown_field_${index}_${field}`);
  return bodyOf(`{ ${fields} } # ${'x'.repeat(Math.max(0, bytes - fields.length))}`);
}

/** Returns a request body of about `bytes` bytes with a valid query. Each `index` gives a different query. */
export const longBody = (index: number, bytes: number): string =>
  bodyOf(`{ q${index}: upstream { source } } # ${'x'.repeat(bytes - 60)}`);

/** Request bodies of different kinds whose operations are as large as the limits allow. */
export const LARGEST = {
  every: bodyOf(`{ ${repeat(11, (index) => `q${index}: gpuAvailability(${ALL}) { nodes { ${ROW} } }`)} }`),
  rows: bodyOf(`{ ${repeat(31, (index) => `q${index}: gpuAvailability(${ALL}) { nodes { gpuCount } }`)} }`),
  nested: bodyOf(
    `{ dataCenters { ${repeat(11, (index) => `q${index}: availability(${ALL}) { nodes { ${ROW} } }`)} } }`,
  ),
  entities: entities(`availability(${ALL}) { nodes { gpuCount } }`, 'GpuType', 'NVIDIA L4'),
  defer: bodyOf(
    `{ ${repeat(9, (index) => `q${index}: gpuAvailability(${ALL}) { nodes { ... @defer { ${ROW} } } }`)} }`,
  ),
  stream: bodyOf(`{ ${repeat(9, (index) => `q${index}: gpuAvailability(${ALL}) { nodes @stream { ${ROW} } }`)} }`),
};
