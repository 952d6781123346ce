/**
 * Measures the gateway side by side with its limits: `npm run bench`. Where its time goes is told by `npm run bench -- --profile`,
 * and what it costs to know more of by `npm run bench -- --growth`. Prints tables and writes nothing.
 */
import { parseArgs } from 'node:util';
import { benchColdSweep } from './cold-sweep.ts';
import { benchGrowth } from './growth.ts';
import { profileGateway } from './profile.ts';
import { benchThroughput } from './throughput.ts';

const { values } = parseArgs({ options: { profile: { type: 'boolean' }, growth: { type: 'boolean' } } });
if (values.profile) await profileGateway();
else if (values.growth) await benchGrowth();
else {
  await benchColdSweep();
  await benchThroughput('79 rows');
  await benchThroughput('5 rows');
}
