/** Measures the gateway side by side with its limits: `npm run bench`. Prints tables and writes nothing. */
import { benchColdSweep } from './cold-sweep.ts';
import { benchThroughput } from './throughput.ts';

await benchColdSweep();
await benchThroughput('79 rows');
await benchThroughput('5 rows');
