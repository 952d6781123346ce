#!/usr/bin/env node
/** The command line of the gateway: `gpu-availability-gateway [command] [options]`. `--help` explains it. */
import { runCommandLine } from './cli/command-line.ts';

// Makes stack traces show positions in the source, for all modules that are loaded after this call.
process.setSourceMapsEnabled(true);
// Sets production mode, in which GraphQL is faster, unless NODE_ENV is set. Packages read NODE_ENV when they are loaded, and the commands
// load them later.
process.env['NODE_ENV'] ??= 'production';

const exitCode = await runCommandLine(process.argv.slice(2));
// Ends the process explicitly. Otherwise, a request that is paused after an HTTP 429 could keep it alive.
if (exitCode !== undefined) process.stdout.write('', () => process.exit(exitCode));
