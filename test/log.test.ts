import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { expect, it } from 'vitest';

/** The number of lines before the last one. The log writes lines in large batches, so these few still wait in memory. */
const LINES = 30;

/** A program that logs and then kills its own process, before any pending work can run. */
const SCRIPT = `
  const { createLog } = await import('./src/observability/log.ts');
  const log = createLog({ level: 'info', secrets: ['hunter22'] });
  for (let line = 1; line <= ${LINES}; line += 1) log.info({ line, secret: 'hunter22' }, 'é');
  log.fatal('the last');
  process.kill(process.pid, 'SIGKILL');
`;

it('a log is complete on stdout if its last line is fatal', async () => {
  const child = spawn(process.execPath, ['--import', 'tsx', '--input-type=module', '--eval', SCRIPT], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const [written] = await Promise.all([text(child.stdout), once(child, 'exit')]);
  const lines = written.trimEnd().split('\n');
  expect(lines.map((line) => JSON.parse(line).msg)).toEqual([...Array(LINES).fill('é'), 'the last']);
  expect(written).not.toContain('hunter22');
});
