import { expect } from 'vitest';
import { startObserved } from './observed-gateway.ts';
import { compileWithRelay } from './relay-project.ts';
import { type Row, versionOf } from './support-table.ts';

export const RELAY_COMPILER: Row = {
  name: `relay-compiler ${versionOf('relay-compiler')}`,
  cells: [
    'not supported by relay-compiler, which reads a file',
    [
      {
        how: 'saved as a file',
        async run() {
          await using gateway = await startObserved();
          await using project = await compileWithRelay(`${gateway.origin}/schema.graphql`, { isPersisted: false });
          const { params } = await project.operation('partsQuery');
          expect(params.text).toMatch(/@stream\(.*@defer\(/s);
        },
      },
    ],
    'not supported by relay-compiler',
  ],
};
