import { Counter, type Registry } from 'prom-client';
import type { Change, ChangeKind } from '../domain/change.ts';

/** Kinds of work that no client waits for. */
export type BackgroundWork = 'warm_up' | 'renewal' | 'changes';

/** Counts changes of stock and prices, and unexpected errors in background work. */
export interface BackgroundCounters {
  readonly countChange: (change: Change) => void;
  /** Counts an unexpected error in work that no client waits for. */
  readonly countFault: (work: BackgroundWork) => void;
}

const BACKGROUND_WORK: readonly BackgroundWork[] = ['warm_up', 'renewal', 'changes'];

const CHANGE_KINDS: readonly ChangeKind[] = ['APPEARED', 'DISAPPEARED', 'STOCK_CHANGED', 'PRICE_CHANGED'];

/** Creates the counters in `registry`. */
export function createBackgroundCounters(registry: Registry): BackgroundCounters {
  const registers = [registry];
  const changes = new Counter({
    name: 'gpu_gateway_changes_total',
    help: 'Changes between two observations of a cell, by kind; each is sent to the subscribers whose conditions it meets',
    labelNames: ['kind'],
    registers,
  });
  for (const kind of CHANGE_KINDS) changes.inc({ kind: kind.toLowerCase() }, 0);
  const faults = new Counter({
    name: 'gpu_gateway_background_faults_total',
    help: 'Unexpected errors in work that no client waits for; each is logged, and the work is tried again',
    labelNames: ['work'],
    registers,
  });
  for (const work of BACKGROUND_WORK) faults.inc({ work }, 0);
  return {
    countChange: ({ kind }) => changes.inc({ kind: kind.toLowerCase() }),
    countFault: (work) => faults.inc({ work }),
  };
}
