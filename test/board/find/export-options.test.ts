import { expect, it } from 'vitest';
import { fileNameOf } from '../../../src/board/find/export-options.ts';

const ANSWER = { arrivedAt: Date.UTC(2026, 0, 31, 12) };

it('the file with the pods is named after the day of the answer, or of the recording', () => {
  expect(fileNameOf(ANSWER, { recordedAt: null }, 'csv')).toBe('pods-2026-01-31.csv');
  expect(fileNameOf(ANSWER, { recordedAt: '2025-06-02T08:00:00Z' }, 'json')).toBe('pods-2025-06-02.json');
});
