import type { Catalog } from '../domain/catalog.ts';
import type { Loaders } from '../loaders/loaders.ts';

/** What resolvers work with. */
export interface GraphQLContext {
  readonly loaders: Loaders;
  readonly upstreamStatus: Catalog['status'];
}
