import { describe, expect, it } from 'vitest';
import type { GpuType } from '../src/domain/gpu-type.ts';
import { nearestGpuTypes } from '../src/graphql/availability/nearest-gpu-types.ts';
import { createGateway } from './support/gateway.ts';

const { ask } = createGateway();
const { data } = await ask('{ gpuTypes { id displayName manufacturer memoryGb } }');
const gpuTypes: readonly GpuType[] = data.gpuTypes;

const nearestNames = (typed: string) => nearestGpuTypes(typed, gpuTypes).map(({ displayName }) => displayName);

/** Returns a name in lower case, without white space and hyphens. */
const squashed = (name: string) => name.toLowerCase().replaceAll(/[\s-]/g, '');

/** Returns every text that results from leaving out one letter of a name, swapping two neighboring letters or typing one letter twice. */
function typosOf(name: string): readonly string[] {
  const places = Array.from({ length: name.length }, (_, index) => index);
  return [
    ...places.map((at) => name.slice(0, at) + name.slice(at + 1)),
    ...places.map((at) => name.slice(0, at) + name.charAt(at + 1) + name.charAt(at) + name.slice(at + 2)),
    ...places.map((at) => name.slice(0, at) + name.charAt(at) + name.slice(at)),
  ];
}

/** Returns every text that results from leaving out one word of a name, such as 'RTX 6000' for 'RTX 6000 Ada'. */
function withoutOneWord(name: string): readonly string[] {
  const words = name.split(' ');
  return words.map((_, index) => words.toSpliced(index, 1).join(' '));
}

describe('a GPU type', () => {
  it.each([
    ['RTX-4090', 'RTX 4090'],
    ['rtx4090', 'RTX 4090'],
    [' rtx  4090 ', 'RTX 4090'],
    ['nvidia-geforce-rtx-4090', 'RTX 4090'],
    ['h100pcie', 'H100 PCIe'],
    ['a100 SXM4 80gb', undefined],
    ['4090', undefined],
  ])('is found by its whole name, with or without white space and hyphens: %s', async (name, found) => {
    const answer = await ask(
      'query ($name: String) { gpuAvailability(gpuType: $name, filter: { includeUnavailable: true }, first: 1) { nodes { gpuType { displayName } } } }',
      { name },
    );
    expect(answer.data.gpuAvailability?.nodes[0].gpuType.displayName).toBe(found);
  });
});

describe('the message about an unknown GPU type', () => {
  const messageOf = async (args: string) =>
    (await ask(`{ gpuAvailability(${args}) { totalCount } }`)).errors?.[0]?.message;

  it('suggests the most similar GPU type first, with its id', async () => {
    expect(await messageOf('gpuType: "NVIDIA RTX 4090"')).toMatch(
      /Did you mean 'RTX 4090' \(id 'NVIDIA GeForce RTX 4090'\),/,
    );
  });

  it('suggests ids for an argument that takes ids', async () => {
    const message = await messageOf('filter: { gpuTypeIds: ["RTX 4090"] }');
    expect(message).toMatch(/Did you mean 'NVIDIA GeForce RTX 4090',/);
    expect(message).not.toMatch(/\(id/);
  });

  it.each([
    ['NVIDIA RTX 4090', 'RTX 4090'],
    ['RTX 490', 'RTX 4090'],
    ['GTX 4090', 'RTX 4090'],
    ['4090', 'RTX 4090'],
    ['RTX 4090 24GB', 'RTX 4090'],
    ['RTX 4090 Ti', 'RTX 4090'],
    ['Nvida RTX 4090', 'RTX 4090'],
    ['GeForce 4090', 'RTX 4090'],
    ['nvidia4090', 'RTX 4090'],
    ['RTX409O', 'RTX 4090'],
    ['3090ti', 'RTX 3090 Ti'],
    ['4080 super', 'RTX 4080 SUPER'],
    ['A100 80GB', /^A100/],
    ['A100-PCIE-80GB', 'A100 PCIe'],
    ['A100 SXM4', 'A100 SXM'],
    ['H100', /^H100/],
    ['h100 pci', 'H100 PCIe'],
    ['H100 80GB PCIe', 'H100 PCIe'],
    ['H100 SXM5', 'H100 SXM'],
    ['H200', 'H200 SXM'],
    ['MI300', 'MI300X'],
    ['AMD MI300X', 'MI300X'],
    ['6000 Ada', 'RTX 6000 Ada'],
    ['RTX 6000', 'RTX 6000 Ada'],
    ['A6000', 'RTX A6000'],
    ['RTX 6000 PRO', 'RTX PRO 6000'],
    ['RTX PRO 6000 Workstation', 'RTX PRO 6000 WK'],
    ['V100 32GB', 'V100 SXM2 32GB'],
    ['L40-S 48GB', 'L40S'],
  ])('for the name %j suggests %s first', (typed, meant) => {
    expect(nearestNames(typed)[0]).toMatch(meant);
  });

  it.each(['!!!', ' ', '', 'CPU', 'Radeon', 'Blackwell'])('suggests nothing for %j', (typed) => {
    expect(nearestNames(typed)).toEqual([]);
  });

  const names = gpuTypes.flatMap(({ id, displayName, manufacturer }) =>
    [...new Set([id, displayName, `${manufacturer} ${displayName.replace(/^NVIDIA /, '')}`])].map((name) => ({
      id,
      name,
    })),
  );
  /**
   * For each misspelled name, the ids of the GPU types that it may stand for. The keys are the misspelled names in lower case, without
   * white space and hyphens.
   */
  const meanings = new Map<string, Set<string>>();
  for (const { id, name } of names) {
    for (const typed of [name, ...typosOf(name), ...withoutOneWord(name)]) {
      const key = squashed(typed);
      meanings.set(key, (meanings.get(key) ?? new Set()).add(id));
    }
  }

  // The test omits the V100 with 32 GB. Its name differs from the names of other V100s only in the memory size. A typing mistake in the
  // size can turn its name into the name of another V100.
  it.each(names.filter(({ name }) => !/V100.*32GB/.test(name)))(
    'suggests $name for that name with any single typing mistake',
    ({ id, name }) => {
      const missed = typosOf(name).filter((typed) => {
        const nearest = nearestGpuTypes(typed, gpuTypes).map((gpuType) => gpuType.id);
        const meant = meanings.get(squashed(typed)) ?? new Set();
        // A text that may stand for several GPU types may get three suggestions, none of which is the GPU type that was meant.
        return meant.size === 1 ? nearest[0] !== id : nearest.length < 3 && !nearest.includes(id);
      });
      expect(missed).toEqual([]);
    },
  );
});
