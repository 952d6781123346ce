import type { Faults } from './fake-runpod.ts';
import { FAULTS } from './faults.ts';

/** A query for all cells, with their coverage and freshness, and the health of the upstream. */
export const MATRIX = `{ gpuAvailability(filter: { includeUnavailable: true }) {
  nodes { gpuType { id } dataCenter { id } available stock onDemandPrice { perPod } observedAt stale }
  coverage { complete expected observed failed failures { code gpuType { id } dataCenter { id } } }
  freshness { observedAt newestObservedAt stale } }
  upstream { health lastSuccessAt } }`;

/** The settings of a gateway that does not repeat failed requests to RunPod. */
export const ENV = { UPSTREAM_RETRIES: '0' };

/** The faults of a RunPod that resets each connection. */
export const dead: Faults = () => FAULTS['a connection that is reset'][0];

/** The faults of a RunPod that never answers. */
export const silent: Faults = () => FAULTS.silence[0];
