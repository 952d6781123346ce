import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { toCsv } from '../../../src/board/export/csv.ts';

/** Returns one text as a field of a CSV table. */
const fieldOf = (text: string) =>
  toCsv(['name'], [[text]])
    .replace(/^\ufeff/, '')
    .slice('name\r\n'.length, -'\r\n'.length);

describe('a table as CSV', () => {
  it('has a header row, and rows that end with CR and LF', () => {
    expect(toCsv(['a', 'b'], [[1, 'x']])).toBe('a,b\r\n1,x\r\n');
  });

  it('begins with a byte order mark only if Excel would misread a character without it', () => {
    expect(toCsv(['name'], [['Île-de-France']])).toBe('\ufeffname\r\nÎle-de-France\r\n');
    expect(toCsv(['name'], [['Quebec~']])).toBe('name\r\nQuebec~\r\n');
  });

  it('has quotes around texts that contain a comma, a quote or a line break, and doubles quotes inside', () => {
    expect(fieldOf('x,y')).toBe('"x,y"');
    expect(fieldOf('say "hi"')).toBe('"say ""hi"""');
    expect(fieldOf('two\nlines')).toBe('"two\nlines"');
  });

  it('has empty fields for missing values, and no quotes around numbers and truth values', () => {
    expect(toCsv(['a', 'b', 'c'], [[null, -1.5, false]])).toBe('a,b,c\r\n,-1.5,false\r\n');
  });

  it.each(['=1+1', '+1', '-1', '@SUM(A1)', '\t=1', '\r=1', '\n=1', '＝1'])(
    'contains no formula: the text %j begins with an apostrophe',
    (text) => {
      expect(fieldOf(text)).toMatch(/^"?'/);
    },
  );

  it('contains every text unchanged, apart from CSV quoting and an apostrophe before a possible formula', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), (text) => {
        const field = fieldOf(text);
        const unquoted = field.startsWith('"') ? field.slice(1, -1).replaceAll('""', '"') : field;
        expect([text, `'${text}`]).toContain(unquoted);
      }),
    );
  });
});
