import { describe, expect, it } from 'vitest';
import { kindOfKey } from '../../../src/board/components/key-kind.ts';

describe('the text that a visitor enters as the client key', () => {
  it.each([
    ['k1', 'client'],
    ['a-rpa_b~!', 'client'],
    ['rpa_ABC123', 'runpod'],
    ['RPA_abc', 'runpod'],
    ['two words', 'invalid'],
    ['schlüssel', 'invalid'],
    ['', 'invalid'],
  ])('%j is of the kind %s', (text, kind) => {
    expect(kindOfKey(text)).toBe(kind);
  });
});
