import { describe, expect, it } from 'vitest';
import { isUnchanged, lastModifiedOf } from '../src/http/validators.ts';

const RESPONSE = { tag: 'W/"one"', lastModified: 'Fri, 14 Nov 2025 12:00:00 GMT' };
const EARLIER = 'Fri, 14 Nov 2025 11:59:59 GMT';
const LATER = 'Fri, 14 Nov 2025 12:00:01 GMT';

describe('a client already has the response', () => {
  it.each([
    [{ 'if-none-match': 'W/"one"' }],
    [{ 'if-none-match': '"one"' }],
    [{ 'if-none-match': '"other", W/"one"' }],
    [{ 'if-none-match': '*' }],
    [{ 'if-modified-since': RESPONSE.lastModified }],
    [{ 'if-none-match': 'W/"one"', 'if-modified-since': EARLIER }],
  ])('if it sends %j', (conditions) => {
    expect(isUnchanged(conditions, RESPONSE)).toBe(true);
  });
});

describe('a client does not have the response', () => {
  it.each([
    [{}],
    [{ 'if-none-match': '"other"' }],
    [{ 'if-modified-since': EARLIER }],
    [{ 'if-modified-since': LATER }],
    [{ 'if-none-match': '"other"', 'if-modified-since': RESPONSE.lastModified }],
    [{ 'if-none-match': '', 'if-modified-since': RESPONSE.lastModified }],
  ])('if it sends %j', (conditions) => {
    expect(isUnchanged(conditions, RESPONSE)).toBe(false);
  });

  it('if the response has neither an ETag nor a date', () => {
    const unnamed = { tag: null, lastModified: null };
    expect(isUnchanged({ 'if-none-match': '*' }, unnamed)).toBe(false);
    expect(isUnchanged({ 'if-modified-since': LATER }, unnamed)).toBe(false);
  });
});

describe('Last-Modified', () => {
  const newestObservedAt = '2025-11-14T12:00:00.999Z';

  it('is the time of the newest observation, in whole seconds, if the response never changes', () => {
    expect(lastModifiedOf({ freshUntil: Number.POSITIVE_INFINITY, newestObservedAt })).toBe(RESPONSE.lastModified);
  });

  it('is missing if the response can change or has no observation', () => {
    expect(lastModifiedOf({ freshUntil: 1000, newestObservedAt })).toBeNull();
    expect(lastModifiedOf({ freshUntil: Number.POSITIVE_INFINITY, newestObservedAt: null })).toBeNull();
  });
});
