/**
 * Measures the gateway side by side with its limits: `npm run bench`. Where its time goes is told by `npm run bench -- --profile`,
 * what it costs to know more of by `npm run bench -- --growth`, and what clients do to each other by `npm run bench -- --load`. What GPU types
 * that hang cost the others is measured by `npm run bench -- --hanging`. Prints tables and writes nothing.
 */
import { parseArgs } from 'node:util';
import { benchColdSweep } from './cold-sweep.ts';
import { benchGrowth } from './growth.ts';
import { benchHanging } from './hanging.ts';
import { profileGateway } from './profile.ts';
import { benchThroughput } from './throughput.ts';
import { benchUnderLoad } from './under-load.ts';

const flag = { type: 'boolean' } as const;
const { values } = parseArgs({ options: { profile: flag, growth: flag, load: flag, hanging: flag } });
if (values.profile) await profileGateway();
else if (values.growth) await benchGrowth();
else if (values.load) await benchUnderLoad();
else if (values.hanging) await benchHanging();
else {
  await benchColdSweep();
  await benchThroughput('79 rows');
  await benchThroughput('5 rows');
}
