/**
 * Measures the gateway side by side with its limits: `npm run bench`. Where its time goes is told by `npm run bench -- --profile`,
 * what it costs to know more of by `npm run bench -- --growth`, and what clients do to each other by `npm run bench -- --load`. What GPU types
 * that hang cost the others is measured by `npm run bench -- --hanging`. `npm run bench -- --hostile` searches for operations that
 * keep other clients waiting: `--operations` of them, from a `--seed`; it writes the worst to `--file`. Prints tables and writes nothing else.
 */
import { parseArgs } from 'node:util';
import { benchColdSweep } from './cold-sweep.ts';
import { benchGrowth } from './growth.ts';
import { benchHanging } from './hanging.ts';
import { searchHostile } from './hostile.ts';
import { profileGateway } from './profile.ts';
import { benchThroughput } from './throughput.ts';
import { benchUnderLoad } from './under-load.ts';

const flag = { type: 'boolean' } as const;
const text = { type: 'string' } as const;
const { values } = parseArgs({
  options: {
    profile: flag,
    growth: flag,
    load: flag,
    hanging: flag,
    hostile: flag,
    operations: { ...text, default: '20000' },
    seed: { ...text, default: '1' },
    file: { ...text, default: 'hostile-operations.json' },
  },
});
if (values.profile) await profileGateway();
else if (values.growth) await benchGrowth();
else if (values.load) await benchUnderLoad();
else if (values.hanging) await benchHanging();
else if (values.hostile) await searchHostile(Number(values.operations), Number(values.seed), values.file);
else {
  await benchColdSweep();
  await benchThroughput('79 rows');
  await benchThroughput('5 rows');
}
