import type { Catalog } from '../domain/catalog.ts';
import type { Changes } from '../live/changes.ts';
import type { Loaders } from '../loaders/loaders.ts';

/** What resolvers work with. */
export interface GraphQLContext {
  readonly loaders: Loaders;
  readonly upstreamStatus: Catalog['status'];
  readonly changes: Pick<Changes, 'subscribe'>;
  /** Who asks, as far as subscriptions are counted; `null` for one who may have any number. */
  readonly client: string | null;
  /** Aborted when the client has left, or wants the answer no longer. */
  readonly signal: AbortSignal;
  /** Ends the connection to the client. */
  readonly disconnect: () => void;
}
