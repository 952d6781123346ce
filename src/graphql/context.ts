import type { Catalog } from '../domain/catalog.ts';
import type { Client } from '../domain/client.ts';
import type { Permit } from '../domain/permit.ts';
import type { Changes } from '../live/changes.ts';
import type { Loaders } from '../loaders/loaders.ts';
import type { Tracer } from '../observability/tracing/tracer.ts';
import type { Pace } from './pace/pace.ts';

/** The context that resolvers and plugins get for one request. */
export interface GraphQLContext {
  readonly loaders: Loaders;
  readonly permit: Permit;
  readonly tracer: Tracer;
  readonly pace: Pace;
  readonly upstreamStatus: Catalog['status'];
  readonly costOf: Catalog['costOf'];
  readonly changes: Pick<Changes, 'subscribe'>;
  /** Returns the name under which the client's subscriptions are counted; `null` if their number is not limited. */
  readonly client: () => string | null;
  /** Returns the clients to which the requests of this operation to RunPod are charged. */
  readonly payers: () => readonly Client[];
  /** Returns a signal that is aborted once nothing more can be sent to the client. */
  readonly leaving: () => AbortSignal;
  /** Closes the connection to the client. */
  readonly disconnect: () => void;
}
