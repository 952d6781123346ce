import { readFileSync } from 'node:fs';

/** Returns the highest memory use of a process since its start or the last reset, in MB. Works only on Linux. */
export function peakMegabytes(pid: number | undefined): number {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8');
  return Number(/^VmHWM:\s+(\d+) kB/m.exec(status)?.[1]) / 1024;
}
