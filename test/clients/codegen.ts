import { readFile } from 'node:fs/promises';
import { generate } from '@graphql-codegen/cli';
import { expect } from 'vitest';
import config from '../../codegen.ts';
import { startObserved } from './observed-gateway.ts';
import { type Proof, type Row, versionOf } from './support-table.ts';

/** The file with the types of the examples. codegen.ts generates the file from schema/. */
const EXAMPLE = 'examples/clients/operations.generated.ts';

const generatesFrom = (path: string): Proof => ({
  how: 'by URL',
  async run() {
    await using gateway = await startObserved();
    const output = {
      documents: 'operations/clients/*.graphql',
      plugins: ['typescript-operations', 'typed-document-node'],
      config: { enumsAsTypes: true, scalars: { DateTime: 'string' }, useTypeImports: true },
    };
    const { emitLegacyCommonJSImports = false, importExtension = '' } = config;
    const schema = `${gateway.origin}${path}`;
    const options = { emitLegacyCommonJSImports, importExtension, silent: true };
    const files = await generate({ ...options, schema, generates: { [EXAMPLE]: output } }, false);
    expect(gateway.requests).toEqual([expect.stringContaining(path)]);
    expect(files).toEqual([expect.objectContaining({ content: await readFile(EXAMPLE, 'utf8') })]);
  },
});

export const CODEGEN: Row = {
  name: `GraphQL Code Generator (\`@graphql-codegen/cli\` ${versionOf('@graphql-codegen/cli')})`,
  cells: [[generatesFrom('/graphql')], [generatesFrom('/schema.graphql')], 'not supported by codegen'],
};
