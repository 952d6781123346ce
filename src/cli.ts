#!/usr/bin/env node
/** The command line of the gateway: `gpu-availability-gateway [command] [options]`. `--help` explains it. */
import { runCommandLine } from './cli/command-line.ts';

// Stack traces of the modules that are loaded from now on show positions in the source.
process.setSourceMapsEnabled(true);
// In production mode, GraphQL is faster. Packages read the mode when they are loaded.
process.env['NODE_ENV'] ??= 'production';

const exitCode = await runCommandLine(process.argv.slice(2));
// The process is ended explicitly. Otherwise, a probe that waits for the end of a pause after a 429 would keep it alive.
if (exitCode !== undefined) process.stdout.write('', () => process.exit(exitCode));
