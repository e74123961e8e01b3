import { element, required, struct } from './operation.ts';

export const Tag = struct({
  key: required(element()),
  value: required(element()),
});
