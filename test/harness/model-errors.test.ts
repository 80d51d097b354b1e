import { describe, expect, test } from 'vitest';
import { GreenroomError, ModelError } from '../../src/errors.ts';
import { toModelError } from '../../src/harness/model-errors.ts';

const NOW = Date.parse('2026-01-01T00:00:00Z');

function modelError(thrown: unknown, phase: 'request' | 'stream' = 'request'): ModelError {
  const error = toModelError(thrown, { model: 'p/m', phase, now: NOW });
  if (error instanceof ModelError) return error;
  throw error;
}

describe('when to try again', () => {
  test.each([
    [{ 'retry-after': '2' }, 2000],
    [{ 'retry-after': '0.5' }, 500],
    [{ 'retry-after': 'Thu, 01 Jan 2026 00:00:09 GMT' }, 9000],
    [{ 'retry-after': 'Wed, 31 Dec 2025 23:59:00 GMT' }, 0],
    [{ 'Retry-After': '3' }, 3000],
    [{ 'retry-after-ms': '1500', 'retry-after': '2' }, 1500],
    [{ 'retry-after': 'soon' }, undefined],
    [{ 'x-ratelimit-remaining-requests': '0', 'x-ratelimit-reset-requests': '1m2.5s' }, 62_500],
    [{ 'x-ratelimit-remaining-tokens': '0', 'x-ratelimit-reset-tokens': '20ms' }, 20],
    [{ 'x-ratelimit-remaining-requests': '5', 'x-ratelimit-reset-requests': '1m' }, undefined],
    [{ 'x-ratelimit-reset': String(NOW + 4000) }, 4000],
    [{ 'x-ratelimit-reset': String(NOW / 1000 + 5) }, 5000],
    [{ 'x-ratelimit-reset': '6' }, 6000],
    [{}, undefined],
  ])('%j', (responseHeaders, ms) => {
    const error = modelError(Object.assign(new Error('slow'), { statusCode: 429, responseHeaders }));
    expect(error.retryAfterMs).toBe(ms);
  });

  test('limits that are nearly used up say nothing about a failure that is none of theirs', () => {
    const responseHeaders = { 'x-ratelimit-reset': '6' };
    expect(
      modelError(Object.assign(new Error('no'), { statusCode: 500, responseHeaders })).retryAfterMs,
    ).toBeUndefined();
  });
});

describe('whether to try again', () => {
  test.each(['ECONNRESET', 'ECONNREFUSED', 'ETIMEDOUT', 'EAI_AGAIN', 'UND_ERR_SOCKET'])(
    'a network failure %s',
    (code) => {
      expect(modelError(new TypeError('x', { cause: Object.assign(new Error('y'), { code }) })).retryable).toBe(true);
    },
  );

  test('a request that timed out', () => {
    expect(modelError(new DOMException('timed out', 'TimeoutError')).retryable).toBe(true);
  });

  test('whatever cuts a stream, unless it has a status that says otherwise', () => {
    expect(modelError(new Error('garbled'), 'stream').retryable).toBe(true);
    expect(modelError({ message: 'bad request', statusCode: 400 }, 'stream').retryable).toBe(false);
    expect(modelError({ message: 'no money', type: 'insufficient_quota' }, 'stream').retryable).toBe(false);
    expect(modelError({ message: 'busy', code: 503 }, 'stream')).toMatchObject({ retryable: true, status: 503 });
  });

  test('nothing else', () => {
    expect(modelError(new Error('boom')).retryable).toBe(false);
    expect(modelError('boom').retryable).toBe(false);
    expect(modelError(undefined).retryable).toBe(false);
  });
});

test('an error of ours is passed on as it is', () => {
  for (const error of [new GreenroomError('missing_key', 'x'), new ModelError('y', { retryable: true })]) {
    expect(toModelError(error, { model: 'p/m', phase: 'stream' })).toBe(error);
  }
});

test('keys are taken out wherever they stand', () => {
  const { message, cause } = modelError(new Error('Authorization: Bearer abc.def refused, as was sk-ant-api03-XyZ_1'));
  expect(message).toBe('p/m: Authorization: Bearer [key] refused, as was [key]');
  expect(cause).toBeUndefined();
});
