import { type Plugin, useReadinessCheck } from 'graphql-yoga';

/** The reasons why operations cannot be answered. */
const REASONS = {
  starting: 'starting: the lists of GPU types and data centers are being fetched',
  draining: 'draining: the gateway is stopping',
  unavailable: 'unavailable: RunPod cannot be read, and nothing is cached',
} as const;

/** Whether the gateway can answer operations and, if not, why. */
export type Readiness = 'ready' | keyof typeof REASONS;

/** Serves `/ready`: 200 if operations can be answered, else 503 with the reason. */
export function useReadiness(readiness: () => Readiness): Plugin {
  return useReadinessCheck({
    endpoint: '/ready',
    check({ fetchAPI }) {
      const state = readiness();
      const ready = state === 'ready';
      const headers = { 'content-type': 'text/plain; charset=utf-8', 'cache-control': 'no-store' };
      return new fetchAPI.Response(`${ready ? state : REASONS[state]}\n`, { status: ready ? 200 : 503, headers });
    },
  });
}
