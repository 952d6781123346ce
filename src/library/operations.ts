import { createOperationContext, type OperationContextDeps } from '../app/operation-context.ts';
import { UNBOUNDED } from '../domain/permit.ts';
import type { GraphQLContext } from '../graphql/context.ts';
import { withWholeLists } from '../graphql/pace/whole-lists.ts';
import { nameOfAddress } from '../http/client-address.ts';
import type { ContextIn } from './host-resolvers.ts';
import type { GpuAvailability, OperationCaller } from './library-types.ts';

/** Creates the GraphQL contexts of operations. An operation arrives over `fetch`, or is executed by the host program. */
export interface Operations {
  /** Creates the context of an operation that arrived over `fetch`. */
  readonly open: (caller: OperationCaller) => GraphQLContext;
  /** Creates the context of an operation that the host program executes. */
  readonly createContext: GpuAvailability['createContext'];
  /** Finds the gateway's context in the GraphQL context of the host program. */
  readonly contextIn: ContextIn;
}

/** The client name for all operations for which the host program names no client. */
const UNNAMED = '';

/** What `createOperations` needs. */
export interface OperationsDeps extends OperationContextDeps {
  /** The number of leading bits of an IPv6 address that identify a client. */
  readonly ipv6Prefix: number;
}

/** Creates the contexts. They limit the cost of each operation, and the number of requests to RunPod that each client may cause. */
export function createOperations(deps: OperationsDeps): Operations {
  /**
   * The gateway's contexts for the operations of the host program. The host does not get a context itself, because its contents are not a
   * public interface. It gets an empty object, which stands for the context.
   */
  const contexts = new WeakMap<object, GraphQLContext>();

  function open({ client, signal = new AbortController().signal }: OperationCaller): GraphQLContext {
    // One machine usually owns all IPv6 addresses with the same prefix. So they share one budget. Otherwise, a machine could get a new
    // budget with each address.
    const name = nameOfAddress(client ?? UNNAMED, deps.ipv6Prefix);
    return createOperationContext(deps, {
      signal,
      permit: UNBOUNDED,
      client: () => name,
      leaving: () => signal,
      disconnect() {},
    });
  }

  return {
    open,
    createContext(caller = {}) {
      const gpuAvailability = {};
      const context = open(caller);
      contexts.set(gpuAvailability, { ...context, pace: withWholeLists(context.pace) });
      return { gpuAvailability };
    },
    contextIn(context) {
      const { gpuAvailability } = Object(context) as { readonly gpuAvailability?: unknown };
      const own = contexts.get(Object(gpuAvailability));
      if (own === undefined) throw new Error(NO_CONTEXT);
      return own;
    },
  };
}

const NO_CONTEXT =
  'The context of this operation lacks gpuAvailability. Put the result of createContext() into the context of each operation.';
