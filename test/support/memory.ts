import { readFileSync } from 'node:fs';

/** The most memory that a process has taken since it started, in MB. Linux alone reports it. */
export function peakMegabytes(pid: number | undefined): number {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8');
  return Number(/^VmHWM:\s+(\d+) kB/m.exec(status)?.[1]) / 1024;
}
