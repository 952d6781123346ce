import type { GpuAvailability } from './library-types.ts';

/**
 * Wraps an instance of the library, so that it refuses operations after its first `dispose`. Further calls of `dispose` do nothing more.
 */
export function refuseDisposed({ fetch, createContext, dispose, ...rest }: GpuAvailability): GpuAvailability {
  let disposed: Promise<void> | undefined;
  function refuse(): void {
    if (disposed !== undefined) throw new Error('This gpu-availability-gateway was disposed. Create a new one.');
  }
  return {
    ...rest,
    async fetch(...args) {
      refuse();
      return fetch(...args);
    },
    createContext(...args) {
      refuse();
      return createContext(...args);
    },
    dispose() {
      disposed ??= dispose();
      return disposed;
    },
  };
}
