import { expect, it } from 'vitest';
import { problemOf } from '../../../src/board/find/problem.ts';

it.each([
  ['gpuCount is 99; it must be from 1 to 16.', 'count'],
  ['maxPricePerHour is -1; it must be 0 or more.', 'price'],
  ['minTotalMemoryGb is -1; it must be 0 or more.', 'memory'],
  ['Unknown GPU type "x". Query gpuTypes for the GPU types that RunPod lists.', 'gpu'],
  ['Unknown data center "x". RunPod reports EU-RO-1.', 'place'],
  ["Unknown country code \"x\"; it must be two letters of ISO 3166-1, such as 'RO' or 'US'.", 'place'],
  ['first is 0; it must be 1 or more.', null],
])('shows the message at the field that it is about: %s', (message, field) => {
  expect(problemOf(message)).toEqual({ field, message });
});

it('leaves out the beginning of a message about the type of a value', () => {
  const message =
    'Variable "$needs" got invalid value "MARS" at "needs.regions[0]"; Value "MARS" does not exist in "Region" enum.';
  expect(problemOf(message)).toEqual({ field: 'place', message: 'Value "MARS" does not exist in "Region" enum.' });
});
