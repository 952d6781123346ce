import { describe, expect, it } from 'vitest';
import { alphabetical } from '../../../src/board/format/alphabetical.ts';
import { createGateway } from '../../support/gateway.ts';

describe('the alphabetical order', () => {
  it('ignores case', () => {
    expect(['b', 'C', 'a'].toSorted(alphabetical)).toEqual(['a', 'b', 'C']);
    expect(alphabetical('gpu', 'GPU')).toBe(0);
  });

  it('is the order of English for the names of all GPU types', async () => {
    const { data } = await createGateway().ask('{ gpuTypes { displayName } }');
    const names: readonly string[] = data.gpuTypes.map(({ displayName }: { displayName: string }) => displayName);
    const { compare } = new Intl.Collator('en');
    expect(names.toSorted(alphabetical)).toEqual(names.toSorted(compare));
  });
});
