/**
 * Measures the gateway and prints tables. By default, `npm run bench` compares the gateway with other servers. Each option, for example
 * `npm run bench -- --profile`, selects another benchmark:
 * - `--profile` shows where the gateway spends its time.
 * - `--placement` compares placements with `gpuAvailability` for the same rows.
 * - `--growth` shows how the cost grows with the numbers of GPU types and data centers.
 * - `--load` shows how clients affect each other.
 * - `--hanging` shows how GPU types without an answer affect the others.
 * - `--hostile` searches for operations that keep other clients waiting. `--operations` is the number of operations that it tries, `--seed`
 *   is the seed of its random numbers, and `--file` is the file for the worst operations.
 */
import { parseArgs } from 'node:util';
import { benchColdSweep } from './cold-sweep.ts';
import { benchGrowth } from './growth.ts';
import { benchHanging } from './hanging.ts';
import { searchHostile } from './hostile.ts';
import { benchPlacement } from './placement.ts';
import { profileGateway } from './profile.ts';
import { benchThroughput } from './throughput.ts';
import { benchUnderLoad } from './under-load.ts';

const flag = { type: 'boolean' } as const;
const text = { type: 'string' } as const;
const { values } = parseArgs({
  options: {
    profile: flag,
    placement: flag,
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
else if (values.placement) await benchPlacement();
else if (values.growth) await benchGrowth();
else if (values.load) await benchUnderLoad();
else if (values.hanging) await benchHanging();
else if (values.hostile) await searchHostile(Number(values.operations), Number(values.seed), values.file);
else {
  await benchColdSweep();
  await benchThroughput('79 rows');
  await benchThroughput('5 rows');
}
