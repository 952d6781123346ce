import * as fc from 'fast-check';

/** Ids that contain special characters of JSON, of HTML or of URLs, or that are special names in JSON or JavaScript. */
const ODD_IDS = [
  'NVIDIA GeForce RTX 4090',
  'quote " backslash \\ slash /',
  'two\nlines\r\n\ttab',
  ' spaces around ',
  '__proto__',
  'constructor',
  'null',
  '"},"image":"other',
  '</script>',
  '%22 + &amp; $& $1',
  'é e\u{301} ﬁ',
  '\u{1f680}\u{2028}\u{2029}\u{feff}\u{0}\u{7f}',
  '\u{d800} a lone surrogate',
];

/** Generates texts that can be ids of GPU types or data centers. Many of them are from `ODD_IDS` or contain unusual characters. */
export const anyPodId: fc.Arbitrary<string> = fc.oneof(
  fc.constantFrom(...ODD_IDS),
  fc.string({ unit: 'binary', minLength: 1, maxLength: 30 }).filter((id) => id.trim() !== ''),
);
