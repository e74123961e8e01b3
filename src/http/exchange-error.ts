import { TransportError } from './transport.ts';

/** The words every transport has for the same failures. */

export function timedOut(phase: 'connect' | 'firstByte' | 'idle', ms: number): TransportError {
  const what = phase === 'idle' ? 'no byte moved' : phase === 'connect' ? 'no connection' : 'no answer';
  return new TransportError('timeout', `${what} within ${ms} ms`, { phase });
}

export function tooLong(limit: number): TransportError {
  return new TransportError('protocol', `the answer is longer than ${limit} bytes`);
}

export function discarded(): TransportError {
  return new TransportError('interrupted', 'the answer has been discarded');
}

export function alreadyRead(): TypeError {
  return new TypeError('the body of this answer has already been read or discarded');
}

/** A source that gave `seen` bytes, and ended there or not, where `size` had been announced. */
export function wrongSize(size: number, seen: number): RangeError {
  return new RangeError(
    seen < size
      ? `the body ended ${size - seen} bytes short of the ${size} announced`
      : `the body is longer than the ${size} bytes announced`,
  );
}
