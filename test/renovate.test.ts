import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';

const read = (file: string) => readFileSync(file, 'utf8');
const { packageRules, customManagers } = JSON.parse(read('renovate.json')) as {
  readonly packageRules: readonly { readonly description: readonly string[]; readonly matchPackageNames?: string[] }[];
  readonly customManagers: readonly { readonly managerFilePatterns: string[]; readonly matchStrings: string[] }[];
};

describe('renovate.json', () => {
  it('has rules only for packages and images that the project uses, with the reason for each rule', () => {
    const { dependencies, devDependencies } = JSON.parse(read('package.json'));
    const images = ['Dockerfile', 'deploy/compose.yaml'].flatMap((file) =>
      [...read(file).matchAll(/(?:FROM|image:)(?: --\S+)? (?:(\S+?):)/g)].map(([, name]) => name),
    );
    const used = [...Object.keys({ ...dependencies, ...devDependencies }), ...images];
    for (const { description, matchPackageNames = [] } of packageRules) {
      expect(used).toEqual(expect.arrayContaining(matchPackageNames));
      expect(description.join(' ')).toMatch(/\.$/);
    }
  });

  it.each(customManagers)('finds a version in $managerFilePatterns', ({ managerFilePatterns, matchStrings }) => {
    const [file = ''] = managerFilePatterns.map((pattern) => pattern.replaceAll(/^\/\^|\$\/$|\\/g, ''));
    const found = new RegExp(matchStrings[0] ?? '').exec(read(file));
    expect(found?.groups?.['currentValue']).toMatch(/^\d+\.\d+\.\d+$/);
  });
});
