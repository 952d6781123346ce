import { readFileSync } from 'node:fs';
import { CriticalityLevel, diff } from '@graphql-inspector/core';
import { buildSchema, parse, print, visit } from 'graphql';
import { describe, expect, it } from 'vitest';
import { printPublicSchema } from '../../src/graphql/schema.ts';

const released = readFileSync(new URL('released.graphql', import.meta.url), 'utf8');

/** The SDL of the released schema, without descriptions. */
const plain = print(
  visit(parse(released), {
    enter: (node) => ('description' in node ? { ...node, description: undefined } : undefined),
  }),
);

/** Returns a sentence for each change from `before` to `after` that breaks clients. */
async function breakingChanges(before: string, after: string): Promise<string[]> {
  const changes = await diff(buildSchema(before), buildSchema(after));
  return changes
    .filter(({ criticality }) => criticality.level === CriticalityLevel.Breaking)
    .map(({ message }) => message);
}

describe('the schema of the last release', () => {
  it('is compatible with the current schema', async () => {
    expect(await breakingChanges(released, printPublicSchema())).toEqual([]);
  });

  it.each([
    ['  totalCount: Int!\n', '', "Field 'totalCount' was removed from object type 'GpuAvailabilityReport'"],
    [
      '  stock: StockLevel!',
      '  stock: StockLevel',
      "Field 'GpuAvailability.stock' changed type from 'StockLevel!' to 'StockLevel'",
    ],
    ['  AFRICA\n', '', "Enum value 'AFRICA' was removed from enum 'Region'"],
    ['gpuType(', 'gpuType(other: Int!, ', "Argument 'other: Int!' added to field 'Query.gpuType'"],
  ])('differs by a breaking change from a schema in which %j is replaced by %j', async (part, instead, message) => {
    expect(plain).toContain(part);
    expect(await breakingChanges(plain, plain.replace(part, instead))).toContain(message);
  });
});
