import { readFileSync } from 'node:fs';

/** The highest memory use of a process since its start or the last reset, in MB. Only Linux reports it. */
export function peakMegabytes(pid: number | undefined): number {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8');
  return Number(/^VmHWM:\s+(\d+) kB/m.exec(status)?.[1]) / 1024;
}
