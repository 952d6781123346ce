import { composeServices as composeByApollo } from '@apollo/composition';
import { composeServices as composeByGuild } from '@theguild/federation-composition';
import { federateSubgraphs } from '@wundergraph/composition';
import { parse } from 'graphql';
import { beforeAll, describe, expect, it } from 'vitest';
import { composeSubgraphs } from '../../examples/federation/compose.ts';
import { startSubgraphs } from './subgraphs.ts';

/** The SDL of a subgraph that adds a field to the entity DataCenter, and defines a type that the gateway also defines. */
const RACKS = `extend schema @link(url: "https://specs.apollo.dev/federation/v2.9", import: ["@key", "@shareable"])
  type DataCenter @key(fields: "id") { id: ID! racks: Int! rent: HourlyPrice }
  type HourlyPrice @shareable { perGpu: Float! perPod: Float! }`;

let sdl: { readonly gpus: string; readonly notes: string };
beforeAll(async () => {
  await using started = await startSubgraphs();
  const [gpus, notes] = started.subgraphs;
  sdl = { gpus: gpus.sdl, notes: notes.sdl };
});

const services = () =>
  Object.entries({ ...sdl, racks: RACKS }).map(([name, text]) => ({
    name,
    url: 'http://127.0.0.1/',
    typeDefs: parse(text),
  }));

describe('the SDL that the subgraph returns', () => {
  it('links a version of Federation that all composers accept, and defines the entities', () => {
    expect(sdl.gpus).toMatch(/specs\.apollo\.dev\/federation\/v2\.[0-9]"/);
    for (const type of ['GpuType', 'DataCenter'])
      expect(sdl.gpus).toMatch(new RegExp(`type ${type}\\s+@key\\(fields: "id"\\)`));
  });

  it('can be composed with Apollo’s composer, which keeps its cost directives', () => {
    const { supergraphSdl, errors } = composeByApollo(services());
    expect(errors).toBeUndefined();
    for (const part of ['gbPerDollar', 'racks', '@listSize(', '@cost(']) expect(supergraphSdl).toContain(part);
  });

  it('can be composed with the Guild’s composer', () => {
    const { supergraphSdl, errors } = composeByGuild(services());
    expect(errors).toBeUndefined();
    for (const part of ['gbPerDollar', 'racks']) expect(supergraphSdl).toContain(part);
  });

  it('can be composed with WunderGraph’s composer', () => {
    const result = federateSubgraphs({
      subgraphs: services().map(({ typeDefs, ...subgraph }) => ({ ...subgraph, definitions: typeDefs })),
      version: '1',
    });
    expect(result).toMatchObject({ success: true, warnings: [] });
  });
});

describe('the composer of the example', () => {
  it('names a subgraph that is not reachable', async () => {
    const nowhere = { name: 'nowhere', url: 'http://127.0.0.1:1/graphql' };
    await expect(composeSubgraphs([nowhere])).rejects.toThrow(`There is no subgraph at ${nowhere.url}.`);
  });
});
