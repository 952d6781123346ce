import type { ServerResponse } from 'node:http';
import { describe, expect, it } from 'vitest';
import { type CapturedResponse, captureResponse } from '../src/fast-path/capture-response.ts';
import { startStandIn } from './support/stand-in.ts';

/** Sends a response with `send` and captures it while `isWanted` returns true. Resolves to what was received and what was captured. */
async function exchange(send: (response: ServerResponse) => unknown, isWanted = () => true) {
  const captured: CapturedResponse[] = [];
  const server = await startStandIn((_request, response) => {
    captureResponse(response, isWanted, (copy) => captured.push(copy));
    send(response);
  });
  try {
    const response = await fetch(server.origin);
    return { received: await response.text(), status: response.status, headers: response.headers, captured };
  } finally {
    await server[Symbol.asyncDispose]();
  }
}

describe('a copy of a response', () => {
  it('has the status, the headers and the whole body, and the response itself is unchanged', async () => {
    const { received, status, headers, captured } = await exchange((response) => {
      response.setHeader('X-One', 'first');
      response.setHeader('X-Two', 'replaced');
      response.writeHead(203, { 'X-Two': ['a', 'b'], 'X-Three': 3 });
      response.write('text €, ');
      response.write(Buffer.from('bytes, '));
      response.end('end');
    });
    expect([status, received]).toEqual([203, 'text €, bytes, end']);
    expect([headers.get('x-one'), headers.get('x-two'), headers.get('x-three')]).toEqual(['first', 'a, b', '3']);
    expect(captured).toEqual([
      {
        status: 203,
        headers: { 'x-one': 'first', 'x-two': ['a', 'b'], 'x-three': 3 },
        body: Buffer.from('text €, bytes, end'),
      },
    ]);
  });

  it.each<[string, (response: ServerResponse) => unknown, string]>([
    ['written as bytes at the end', (response) => response.end(Buffer.from('bytes')), 'bytes'],
    ['followed by an end without data', (response) => response.write('text', () => response.end()), 'text'],
    ['empty', (response) => response.end(() => {}), ''],
  ])('has a body that is %s', async (_what, send, body) => {
    const { received, captured } = await exchange(send);
    expect(received).toBe(body);
    expect(captured.map((copy) => String(copy.body))).toEqual([body]);
  });

  it('is made as soon as the response ends, so that it is not in memory while the client reads', async () => {
    const copies: CapturedResponse[] = [];
    const server = await startStandIn((_request, response) => {
      captureResponse(
        response,
        () => true,
        (copy) => copies.push(copy),
      );
      response.end('text');
      copies.push({ status: 0, headers: {}, body: Buffer.from('after the end') });
    });
    await (await fetch(server.origin)).text();
    await server[Symbol.asyncDispose]();
    expect(copies.map(({ body }) => String(body))).toEqual(['text', 'after the end']);
  });

  it('has the headers that were set before, if the head has none of its own', async () => {
    const { captured } = await exchange((response) => {
      response.setHeader('Content-Type', 'text/plain');
      response.writeHead(201, 'Made').end();
    });
    expect(captured).toMatchObject([{ status: 201, headers: { 'content-type': 'text/plain' } }]);
    expect(Object.keys(captured[0]?.headers ?? {})).toEqual(['content-type']);
  });

  it('is not made if no copy is wanted', async () => {
    const { received, captured } = await exchange(
      (response) => {
        response.write('text, ');
        response.end('end');
      },
      () => false,
    );
    expect([received, captured]).toEqual(['text, end', []]);
  });

  it('contains nothing that was written while no copy was wanted', async () => {
    let isWanted = false;
    const { received, captured } = await exchange(
      (response) => {
        response.write('early, ');
        isWanted = true;
        response.write('late, ');
        isWanted = false;
        response.write('later, ');
        isWanted = true;
        response.end('end');
      },
      () => isWanted,
    );
    expect(received).toBe('early, late, later, end');
    expect(captured.map(({ body }) => String(body))).toEqual(['late, end']);
  });
});
