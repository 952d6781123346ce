import { expect, it } from 'vitest';
import { spotPriceOf } from '../src/domain/observation.ts';

const price = (perPod: number) => ({ perGpu: perPod / 2, perPod });

it.each([
  ['below', 1.9, 2, true],
  ['the same as', 2, 2, false],
  ['above', 2.1, 2, false],
] as const)(
  'only a bid lower than the on-demand price is a spot price: a bid %s that price',
  (_what, bid, onDemand, isSpot) => {
    expect(spotPriceOf(price(bid), price(onDemand))).toEqual(isSpot ? price(bid) : null);
  },
);

it('a bid is the spot price where there is no on-demand price, and there is no spot price without a bid', () => {
  expect(spotPriceOf(price(2), null)).toEqual(price(2));
  expect(spotPriceOf(null, price(2))).toBeNull();
  expect(spotPriceOf(null, null)).toBeNull();
});
