import { describe, expect, it } from 'vitest';
import { dropsOf, relaxationsOf } from '../../../src/board/find/relaxation.ts';

describe('the buttons that give up a need', () => {
  it('say what there would be without it', () => {
    const reported = [
      { need: 'maxPricePerHour', options: 12, cheapest: { perPod: 1.79 } },
      { need: 'networkVolume', options: 1, cheapest: null },
    ];
    expect(relaxationsOf(reported)).toEqual([
      { need: 'maxPricePerHour', text: 'Without the price limit: 12 options, from $1.79/h', change: { price: '' } },
      { need: 'networkVolume', text: 'Without the network volume: 1 option', change: { networkVolume: false } },
    ]);
  });

  it('leave out a need that the form does not have', () => {
    expect(relaxationsOf([{ need: 'manufacturer', options: 3, cheapest: null }])).toEqual([]);
  });

  it('can be created from the needs alone, one for each need, with texts that contain no counts', () => {
    expect(dropsOf({ minMemoryGb: 1000, regions: ['EUROPE'] }).map(({ text }) => text)).toEqual([
      'Without the memory per GPU',
      'Without the region',
    ]);
  });
});
