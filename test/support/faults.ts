import type { FailureCode } from '../../src/domain/errors.ts';
import { answerWith, type Fault } from './fake-runpod.ts';

const HTML = '<!DOCTYPE html><title>Sorry</title>';
const html = (status: number) => answerWith(status, HTML, { 'content-type': 'text/html' });

/** Creates a fault that sends a changed version of the good answer. */
const changed =
  (change: (answer: { data: { gpuTypes: { id: string }[] } }) => unknown): Fault =>
  (response, good) =>
    answerWith(200, JSON.stringify(change(JSON.parse(good))))(response, good);

/** A fault that writes a body in pieces of a megabyte, without end, until the client closes the connection. */
const endless: Fault = (response) => {
  const piece = ' '.repeat(1024 * 1024);
  response.writeHead(200, { 'content-type': 'application/json' });
  const write = () => {
    while (!response.destroyed && response.write(piece));
  };
  response.on('drain', write);
  write();
};

/** All faults of answers to price requests, by name. Each entry also contains the failure code that the fault must cause. */
export const FAULTS = {
  'a connection that is reset': [(response) => response.socket?.resetAndDestroy(), 'UNREACHABLE'],
  'a connection that is closed': [(response) => response.destroy(), 'UNREACHABLE'],
  silence: [() => {}, 'TIMEOUT'],
  'a body that stalls': [(response, good) => response.writeHead(200).write(good.slice(0, good.length / 2)), 'TIMEOUT'],
  'headers, and then nothing': [(response) => response.writeHead(200).flushHeaders(), 'TIMEOUT'],
  'a body that is cut off': [
    (response, good) => {
      response.writeHead(200, { 'content-length': good.length }).write(good.slice(0, good.length / 2));
      setImmediate(() => response.destroy());
    },
    'UNREACHABLE',
  ],
  'half a body': [(response, good) => response.end(good.slice(0, good.length / 2)), 'BAD_RESPONSE'],
  'an empty body': [answerWith(200, ''), 'BAD_RESPONSE'],
  'a body without end': [endless, 'BAD_RESPONSE'],
  'HTML with 200': [html(200), 'BAD_RESPONSE'],
  'HTML with 502': [html(502), 'UNREACHABLE'],
  'HTML with 429': [html(429), 'RATE_LIMITED'],
  'a redirect': [answerWith(302, '', { location: 'http://elsewhere.invalid/' }), 'BAD_RESPONSE'],
  'no content': [(response) => response.writeHead(204).end(), 'BAD_RESPONSE'],
  'JSON in another shape': [answerWith(200, '[{"data":{"gpuTypes":[]}}]'), 'BAD_RESPONSE'],
  'a JSON text': [answerWith(200, '"ok"'), 'BAD_RESPONSE'],
  'a list that is an object': [answerWith(200, '{"data":{"gpuTypes":{"id":"x"}}}'), 'BAD_RESPONSE'],
  'errors beside data': [changed((answer) => ({ ...answer, errors: [{ message: 'no' }] })), 'BAD_RESPONSE'],
  'errors about the GPU type': [
    changed(() => ({ data: { gpuTypes: [null] }, errors: [{ message: 'no', path: ['gpuTypes', 0] }] })),
    'BAD_RESPONSE',
  ],
  'errors without data': [answerWith(200, '{"errors":[{"message":"something went wrong"}]}'), 'BAD_RESPONSE'],
  'data that is null': [answerWith(200, '{"data":null}'), 'BAD_RESPONSE'],
  'errors that are a string': [changed((answer) => ({ ...answer, errors: 'no' })), 'BAD_RESPONSE'],
  'another GPU type': [
    changed(({ data }) => ({
      data: { gpuTypes: data.gpuTypes.map((row) => ({ ...row, id: 'NVIDIA GeForce RTX 9090' })) },
    })),
    'BAD_RESPONSE',
  ],
  'another GPU type beside it': [
    changed(({ data }) => ({ data: { gpuTypes: [...data.gpuTypes, { id: 'NVIDIA GeForce RTX 9090' }] } })),
    'BAD_RESPONSE',
  ],
  'an empty list': [answerWith(200, '{"data":{"gpuTypes":[]}}'), 'BAD_RESPONSE'],
  'HTTP 400': [answerWith(400, '{"errors":[{"message":"Cannot query field"}]}'), 'BAD_RESPONSE'],
  'HTTP 401': [answerWith(401, ''), 'UNAUTHORIZED'],
  'HTTP 403': [html(403), 'UNAUTHORIZED'],
  'HTTP 404': [html(404), 'BAD_RESPONSE'],
  'HTTP 413': [answerWith(413, ''), 'BAD_RESPONSE'],
  'HTTP 429': [answerWith(429, '', { 'retry-after': '0' }), 'RATE_LIMITED'],
  'HTTP 429 for an hour': [answerWith(429, '', { 'retry-after': '3600' }), 'RATE_LIMITED'],
  'HTTP 429 with a body that stalls': [
    (response) => response.writeHead(429, { 'retry-after': '0' }).write('<html>'),
    'RATE_LIMITED',
  ],
  'HTTP 401 with a body that stalls': [(response) => response.writeHead(401).write('<html>'), 'UNAUTHORIZED'],
  'HTTP 502 with a body that stalls': [(response) => response.writeHead(502).write('<html>'), 'UNREACHABLE'],
  'HTTP 500': [answerWith(500, '{"errors":[{"message":"INTERNAL_SERVER_ERROR"}]}'), 'UNREACHABLE'],
  'HTTP 503 for an hour': [answerWith(503, '', { 'retry-after': '3600' }), 'UNREACHABLE'],
} satisfies Record<string, readonly [Fault, FailureCode]>;
