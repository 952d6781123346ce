import type { IncomingMessage } from 'node:http';
import { assert, constantFrom, option, property, record } from 'fast-check';
import { expect, it } from 'vitest';
import { createReadQuestion } from '../src/fast-path/request-key.ts';

const header = option(constantFrom('one', 'two'), { nil: undefined });

/** All that the answer to a question may depend on. */
const asked = record({
  method: constantFrom('GET', 'POST', 'HEAD'),
  url: constantFrom('/graphql', '/other'),
  body: constantFrom('{"query":"{ a }"}', '{"query":"{ b }"}'),
  accept: header,
  origin: header,
  authorization: header,
  'content-type': header,
});

const PARTS = ['method', 'url', 'body', 'accept', 'origin', 'authorization', 'content-type'] as const;

/** Headers that tell who asks, and how. */
const OF_ASKER: ReadonlySet<string> = new Set(['accept', 'origin', 'authorization', 'content-type']);

it('is the same question only of who asks the same in the same way', () => {
  const readQuestion = createReadQuestion();
  const read = ({ method, url, body, ...headers }: Record<string, string | undefined>) =>
    readQuestion({ method, url, headers } as unknown as IncomingMessage, body ?? '');
  const isTold = property(asked, asked, constantFrom(...PARTS), (one, another, part) => {
    const other = { ...one, [part]: another[part] };
    const isSame = one[part] === another[part];
    const [first, changed, again] = [read(one), read(other), read(one)];
    expect(changed?.key === first?.key).toBe(isSame);
    expect(changed?.asker === first?.asker).toBe(isSame || !OF_ASKER.has(part));
    expect(again).toEqual(first);
  });
  assert(isTold, { numRuns: 1000 });
});
