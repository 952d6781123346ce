import { pathToFileURL } from 'node:url';
import { describe, expect, inject, it } from 'vitest';
import { readBoardFiles } from '../../src/http/plugins/board-files.ts';

describe('the files of the board', () => {
  const files = () => readBoardFiles(pathToFileURL(inject('boardFolder')));

  it('are smaller than 45 kB in total when they are gzipped', () => {
    const bytes = [...files().values()].reduce((sum, { gzipped }) => sum + gzipped.length, 0);
    expect(bytes).toBeGreaterThan(10_000);
    expect(bytes).toBeLessThan(45_000);
  });

  it('have a hash of their content in their names, except for the page', () => {
    const named = [...files().keys()].filter((path) => path !== '/');
    expect(named).toHaveLength(3);
    for (const path of named) expect(path).toMatch(/^\/assets\/\w+-[\w-]{8}\.(css|js|svg)$/);
  });
});
