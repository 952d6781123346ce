import { composeServices } from '@theguild/federation-composition';
import { parse } from 'graphql';

/** A running subgraph. */
export interface Subgraph {
  readonly name: string;
  readonly url: string;
}

/** Composes a supergraph from the SDL that each subgraph returns. @throws if the subgraphs do not compose. */
export async function composeSubgraphs(subgraphs: readonly Subgraph[]): Promise<string> {
  const services = await Promise.all(
    subgraphs.map(async ({ name, url }) => ({ name, url, typeDefs: parse(await readSdl(url)) })),
  );
  const { supergraphSdl, errors } = composeServices(services);
  if (supergraphSdl === undefined) throw new Error(`The subgraphs do not fit together: ${errors?.join('; ')}`);
  return supergraphSdl;
}

interface SdlAnswer {
  readonly data?: { readonly service: { readonly sdl: string } } | null;
}

/** Returns the SDL of a subgraph. @throws if the subgraph does not return it. */
export async function readSdl(url: string): Promise<string> {
  const answer = await ask(url).catch((cause: unknown) => {
    throw new Error(`There is no subgraph at ${url}.`, { cause });
  });
  if (answer.data == null) throw new Error(`${url} returned no SDL: ${JSON.stringify(answer)}`);
  return answer.data.service.sdl;
}

async function ask(url: string): Promise<SdlAnswer> {
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ query: '{ service: _service { sdl } }' }),
  });
  return (await response.json()) as SdlAnswer;
}
