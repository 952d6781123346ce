import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';

const read = (file: string) => readFileSync(file, 'utf8');
const { packageRules, kubernetes, customManagers } = JSON.parse(read('renovate.json')) as {
  readonly packageRules: readonly { readonly description: readonly string[]; readonly matchPackageNames?: string[] }[];
  readonly kubernetes: { readonly managerFilePatterns: readonly string[] };
  readonly customManagers: readonly { readonly managerFilePatterns: string[]; readonly matchStrings: string[] }[];
};

describe('renovate.json', () => {
  it('has rules only for packages and images that the project uses, with the reason for each rule', () => {
    const { dependencies, devDependencies } = JSON.parse(read('package.json'));
    const images = ['Dockerfile', 'deploy/compose.yaml'].flatMap((file) =>
      [...read(file).matchAll(/(?:FROM|image:)(?: --\S+)? (?:(\S+?):)/g)].map(([, name]) => name),
    );
    // Renovate looks up the versions of Node for the action setup-node in the GitHub repository actions/node-versions.
    const ofActions = read('.github/workflows/release.yml').includes('node-version: ') ? ['actions/node-versions'] : [];
    const used = [...Object.keys({ ...dependencies, ...devDependencies }), ...images, ...ofActions];
    for (const { description, matchPackageNames = [] } of packageRules) {
      expect(used).toEqual(expect.arrayContaining(matchPackageNames));
      expect(description.join(' ')).toMatch(/\.$/);
    }
  });

  it('finds the image of Redis in the rendered manifest, which must have the same image as the chart', () => {
    const [pattern = ''] = kubernetes.managerFilePatterns.map((one) => one.slice(1, -1));
    expect('deploy/kubernetes/gateway.yaml').toMatch(new RegExp(pattern));
    const [, inChart] = /image: (redis:\S+)/.exec(read('deploy/helm/gpu-availability-gateway/values.yaml')) ?? [];
    expect(read('deploy/kubernetes/gateway.yaml')).toContain(`image: ${inChart}\n`);
  });

  it.each(customManagers)('finds a version in $managerFilePatterns', ({ managerFilePatterns, matchStrings }) => {
    const [file = ''] = managerFilePatterns.map((pattern) => pattern.replaceAll(/^\/\^|\$\/$|\\/g, ''));
    const found = new RegExp(matchStrings[0] ?? '').exec(read(file));
    expect(found?.groups?.['currentValue']).toMatch(/^\d+\.\d+\.\d+$/);
  });
});
