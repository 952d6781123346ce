import type { Catalog } from '../domain/catalog.ts';
import type { Client } from '../domain/client.ts';
import type { Permit } from '../domain/permit.ts';
import type { Changes } from '../live/changes.ts';
import type { Loaders } from '../loaders/loaders.ts';
import type { Tracer } from '../observability/tracing/tracer.ts';
import type { Pace } from './pace/pace.ts';

/** What resolvers work with. */
export interface GraphQLContext {
  readonly loaders: Loaders;
  readonly permit: Permit;
  readonly tracer: Tracer;
  readonly pace: Pace;
  readonly upstreamStatus: Catalog['status'];
  readonly costOf: Catalog['costOf'];
  readonly changes: Pick<Changes, 'subscribe'>;
  /** Tells who asks, as far as subscriptions are counted; `null` for one who may have any number. */
  readonly client: () => string | null;
  /** Returns the clients on whose budgets RunPod is asked. */
  readonly payers: () => readonly Client[];
  /** Gives a signal that is aborted when nothing more can be sent to the client. */
  readonly leaving: () => AbortSignal;
  /** Ends the connection to the client. */
  readonly disconnect: () => void;
}
