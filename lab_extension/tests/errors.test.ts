import { describe, expect, it } from 'vitest';

import { retryDelay } from '../src/api/backoff';
import { ClientError, errorFromBody, sentence } from '../src/api/errors';

describe('errors of the server', () => {
  it('a sentence stays a sentence', () => {
    const error = errorFromBody(409, '{"detail": "Run r1 exists already."}');
    expect(error).toBeInstanceOf(ClientError);
    expect(error.message).toBe('Run r1 exists already.');
    expect(error.status).toBe(409);
  });

  it('field errors are found by field', () => {
    const body = JSON.stringify({
      detail: [
        {
          loc: ['body', 'cron'],
          msg: 'Needs five fields.',
          type: 'value_error'
        },
        {
          loc: ['body', 'parameters', 'rows'],
          msg: 'Too many.',
          type: 'value_error'
        }
      ]
    });
    const error = errorFromBody(422, body);
    expect(error.fields).toEqual({
      cron: 'Needs five fields.',
      'parameters.rows': 'Too many.'
    });
    expect(error.message).toBe('Needs five fields.');
  });

  it('answers of a proxy or of Jupyter become sentences too', () => {
    expect(errorFromBody(503, '<html>').message).toContain('does not answer');
    expect(errorFromBody(403, '{"message": "Forbidden"}').message).toBe(
      'Forbidden'
    );
    expect(errorFromBody(500, '').message).toContain('(500)');
  });

  it('tells no answer from a refusal', () => {
    expect(new ClientError('x', 0).isAway).toBe(true);
    expect(new ClientError('x', 409).isAway).toBe(false);
  });

  it('anything thrown has words', () => {
    expect(sentence(new Error('no'))).toBe('no');
    expect(sentence('text')).toBe('text');
  });
});

describe('reconnecting', () => {
  it('waits longer each time, up to a limit', () => {
    const delays = [0, 1, 2, 10].map(attempt => retryDelay(attempt, 1));
    expect(delays).toEqual([500, 1000, 2000, 15000]);
  });

  it('spreads the attempts of many pages', () => {
    expect(retryDelay(0, 0)).toBeLessThan(retryDelay(0, 1));
  });
});
