import { describe, expect, it } from 'vitest';
import { dollars } from '../../../src/board/format/price.ts';

describe('prices', () => {
  it('have two decimals, and a third one if it is not zero', () => {
    expect([dollars(0.4), dollars(1234.5), dollars(0.125)]).toEqual(['$0.40', '$1234.50', '$0.125']);
  });
});
